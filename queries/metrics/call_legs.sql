-- The legs of calls: a row per call and phone that rang or was picked up, by its reports and live events.
--
--   from call_legs where local_day = '2026-10-05' and agent = 'Asha' and not answered;
--
-- A leg that only live events name rang when the first of them was received; it was never answered, as only reports say that, but
-- can have been picked up.
create or replace macro all_call_legs() as table
select
    source, direction, call_sid, call_key, local_day, agent_number, agent_key, agent_name, agent, is_reported, is_first, outcome,
    rang, rang_at, answered, picked_at, ended_at, talk_seconds
from shared_call_legs
union all
select
    source, direction, call_sid, call_key, local_day, agent_number, agent_key, agent_name, agent, true, true, outcome,
    phone_rang(outcome), leg_rang_at(outcome, direction, started_at, leg_b_started_at), answered,
    leg_picked_at(direction, answered, leg_a_picked_at, leg_b_picked_at), ended_at, talk_seconds
from calls anti join (select distinct direction, call_key from shared_call_legs) using (direction, call_key)
where agent is not null;

create or replace view call_legs as from all_call_legs();

-- Whether the coins of a call count for its agent. No agent caused the coins of an unanswered incoming call.
create or replace macro is_charged(p_direction, p_answered) as p_answered or p_direction <> 'incoming';

-- A set of calls with the agents whom they are charged to.
create or replace macro charged_calls(p_rows) as table
select * replace (case when is_charged(direction, answered) then agent end as agent)
from query_table(p_rows);

-- The legs of calls that several phones took part in, from the first to the last day of a set of calls: DuckDB reads only these parts of the
-- table. It would read all of it for a semi join, and to compare days with NULL.
create or replace macro shared_legs_near(p_rows) as table
with days as materialized (
    select coalesce(min(local_day), 'infinity') as first_day, coalesce(max(local_day), '-infinity') as last_day from query_table(p_rows)
)
from shared_call_legs
where local_day >= (select first_day from days) and local_day <= (select last_day from days);

-- The legs that reports name, of the calls in a set of which they name several agents or phones. turn numbers those of one agent in one
-- call; person_talk_seconds is the union of their talk, NULL if it is unknown of all of them.
create or replace macro legs_by_person(p_rows) as table
select
    * exclude (talk_begins, talk_ends, talked_until),
    (sum(uncovered_talk(talk_begins, talk_ends, talked_until)) over person / 1000000)::bigint as person_talk_seconds,
    row_number() over (partition by direction, call_key, agent order by is_first desc, answered desc, started_at, agent_key) as turn
from (
    select
        *,
        epoch_us(talk_began_at(leg_b_picked_at, ended_at, talk_seconds, started_at)) as talk_begins,
        talk_begins + talk_seconds * 1000000 as talk_ends,
        max(talk_ends) over (
            partition by direction, call_key, agent order by talk_begins, agent_key rows between unbounded preceding and 1 preceding) as talked_until
    from shared_legs_near(p_rows)
    where is_reported
    qualify bool_or(not is_first) over (partition by direction, call_key)
)
window person as (partition by direction, call_key, agent);

-- A set of calls as the agents took them, with their legs_by_person(): a call of which reports name several agents has a row for each, with the
-- agent's own talk. An agent of whom two phones took part in one call has one row; further_phones() has the times of the other phone. The coins,
-- the duration, the wait and the number of reports of a call are in the row of its first leg, whose agent is that of the call. is_charged says
-- whether the coins count for the agent.
--
-- There is no CTE, since all columns of all rows would be copied: a stored macro loses MATERIALIZED and NOT MATERIALIZED, and DuckDB does not
-- look for unused columns below a CTE that is read twice.
create or replace macro agent_calls(p_rows, p_persons) as table
select * replace (case when is_charged(direction, answered) then coins end as coins), is_charged(direction, answered) as is_charged
from query_table(p_rows) anti join query_table(p_persons) using (direction, call_key)
union all by name
select rows.* replace (
    legs.agent_number as agent_number, legs.agent_key as agent_key, legs.reported_agent_name as reported_agent_name,
    legs.agent_name as agent_name, legs.agent as agent,
    legs.started_at as started_at, legs.ended_at as ended_at, legs.answered as answered, legs.person_talk_seconds as talk_seconds,
    legs.status as status, legs.outcome as outcome, legs.failed_leg as failed_leg, legs.ring_seconds as ring_seconds,
    legs.agent_ring_seconds as agent_ring_seconds, legs.leg_a_reported as leg_a_reported, legs.leg_a_picked_at as leg_a_picked_at,
    legs.leg_b_started_at as leg_b_started_at, legs.leg_b_picked_at as leg_b_picked_at,
    case when is_first then rows.wait_seconds end as wait_seconds, case when is_first then rows.call_seconds end as call_seconds,
    case when is_first and is_charged(rows.direction, rows.answered) then rows.coins end as coins,
    case when is_first then rows.versions else 0 end as versions,
    is_short_abandon(rows.direction, legs.answered, legs.outcome, rows.call_seconds) as short_abandon),
    is_first and is_charged(rows.direction, rows.answered) as is_charged
from query_table(p_rows) as rows
join (from query_table(p_persons) where turn = 1) as legs using (direction, call_key);

-- The further phones of agents of whom several took part in one call: these agent_calls() with the times of each phone.
create or replace macro further_phones(p_agent_calls, p_persons) as table
select rows.* replace (
    legs.started_at as started_at, legs.ended_at as ended_at, legs.talk_seconds as talk_seconds, null::bigint as call_seconds,
    legs.leg_b_started_at as leg_b_started_at, legs.leg_b_picked_at as leg_b_picked_at)
from query_table(p_agent_calls) as rows
join (from query_table(p_persons) where turn > 1) as legs using (direction, call_key, agent);
