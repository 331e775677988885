-- Which agents' phones rang: a row per call and agent, over any set of calls.
--
--   with slice as (from calls where local_day = '2026-10-05')
--   select agent, started_at from agent_rings(slice) where not picked_up;
--
-- picked_up is whether the agent took the call: the answered leg of an incoming call, leg A of an outgoing one. An agent of whom two
-- phones rang for one call counts once.
create or replace macro agent_rings(p_rows) as table
with
rows as (from query_table(p_rows)),
near as (from shared_legs_near(p_rows)),
legs as (
    select direction, call_key, agent, bool_or(answered or picked_at is not null) as picked_up
    from near semi join rows using (direction, call_key)
    where rang and agent is not null
    group by direction, call_key, agent
)
select *, answered or direction = 'outgoing' and leg_a_picked_at is not null as picked_up
from rows anti join (select distinct direction, call_key from near) using (direction, call_key)
where agent is not null and phone_rang(outcome)
union all by name
select rows.* replace (legs.agent as agent), legs.picked_up
from rows join legs using (direction, call_key);

-- How many calls rang, and the share picked up, per combination of the named dimension columns, which include agent.
create or replace macro ring_counts(p_dims, p_rows) as table
with
-- Only these columns, since agent_rings() copies the rows that it is given.
calls as (
    select columns(lambda x: list_contains(p_dims, x) or x in ('direction', 'call_key', 'local_day', 'agent', 'outcome', 'answered', 'leg_a_picked_at'))
    from query_table(p_rows)
),
rung as (from agent_rings(calls))
select
    columns(p_dims),
    count(*) as rang,
    count(*) filter (where picked_up) / count(*) as agent_answer_rate
from rung
group by all;
