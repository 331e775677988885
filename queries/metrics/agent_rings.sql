-- Which agents' phones rang: a row per call and agent, over any set of calls, from the reports and live events of these calls.
--
--   with slice as (from calls where local_day = '2026-10-05')
--   select agent, started_at from agent_rings(slice) where not picked_up;
--
-- picked_up is whether the agent took the call: the answered leg of an incoming call, leg A of an outgoing one. That agent is the
-- one the call counts for. The report of a call that no agent took does not name one. The agent of a phone that rang is then the
-- one in the directory; else, among these calls, the one last reported for the number before the call, else the first one
-- reported after it; else the number itself.
create or replace macro agent_rings(p_rows) as table
with
rows as (select *, row_number() over () as row_number from query_table(p_rows)),
reported as (
    select
        row_number, agent, agent_name, started_at, local_day, agent_number as number, call_phone(agent_number, agent) as phone,
        answered or (direction = 'outgoing' and leg_a_picked_at is not null) as picked_up
    from rows
    where agent is not null
),
live as (
    select distinct
        row_number, started_at, local_day, live_phone.number, call_phone(live_phone.number, null) as phone
    from (
        select
            source, direction, call_sid,
            clean_name(case when direction = 'outgoing' and coalesce(outgoing_caller, 'agent') = 'agent' then source_number
                            else dial_whom_number end) as number
        from live_events left join sources using (source)
        -- Live events are received after the start of the call, unless a clock is wrong by days.
        where first_received_at >= (select min(started_at) from rows) - interval 7 day and number is not null
    ) as live_phone
    join rows using (source, direction, call_sid)
),
-- Phones for which no agent is reported.
unnamed as (
    select row_number, started_at, local_day, number, phone, picked_up from reported where agent_name is null and not picked_up
    union all
    select row_number, started_at, local_day, number, phone, false from live anti join reported using (row_number, phone)
),
named as (
    select distinct phone, started_at, agent_name
    from reported semi join unnamed using (phone)
    where agent_name is not null
),
with_directory as (
    select unnamed.*, agent_directory.agent_name as directory_name
    from unnamed
    left join agent_directory
        on number_key(agent_directory.agent_number) = phone
        and local_day between coalesce(valid_from, '-infinity') and coalesce(valid_to, 'infinity')
),
-- An agent of whom two phones rang for one call counts once.
rung as (
    select row_number, agent, bool_or(picked_up) as picked_up
    from (
        select row_number, agent, picked_up from reported where agent_name is not null or picked_up
        union all
        select row_number, coalesce(directory_name, earlier.agent_name, later.agent_name, number), picked_up
        from with_directory as calls
        asof left join named as earlier on calls.phone = earlier.phone and calls.started_at >= earlier.started_at
        asof left join named as later on calls.phone = later.phone and calls.started_at <= later.started_at
    )
    group by all
)
select rows.* exclude (row_number) replace (rung.agent as agent), rung.picked_up
from rung join rows using (row_number);

-- How many calls rang, and the share picked up, per combination of the named dimension columns, which include agent.
create or replace macro ring_counts(p_dims, p_rows) as table
with rung as (from agent_rings(p_rows))
select
    columns(lambda x: list_contains(p_dims, x)),
    count(*) as rang,
    count(*) filter (where picked_up) / count(*) as agent_answer_rate
from rung
group by all;
