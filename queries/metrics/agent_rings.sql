-- Whose phones rang: a row per call and agent, over any set of calls, from the reports and the live events of these calls.
--
--   with slice as (from calls where local_day = '2026-10-05')
--   select agent, started_at from agent_rings(slice) where not picked_up;
--
-- picked_up is whether the agent took the call: the answered leg of an incoming call, leg A of an outgoing one. Who took it is
-- whom the call counts for. Reports of other calls name no agent, so there a phone's agent is the one that the directory
-- names; else the one last named for that number before the call, else the first named after it, within these calls; else
-- the number.
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
        -- Live events come once a call has begun; a clock may be wrong by days.
        where first_received_at >= (select min(started_at) from rows) - interval 7 day and number is not null
    ) as live_phone
    join rows using (source, direction, call_sid)
),
-- Phones whose agent nobody has said.
nameless as (
    select row_number, started_at, local_day, number, phone, picked_up from reported where agent_name is null and not picked_up
    union all
    select row_number, started_at, local_day, number, phone, false from live anti join reported using (row_number, phone)
),
named as (
    select distinct phone, started_at, agent_name
    from reported semi join nameless using (phone)
    where agent_name is not null
),
listed as (
    select nameless.*, agent_directory.agent_name as listed_name
    from nameless
    left join agent_directory
        on number_key(agent_directory.agent_number) = phone
        and local_day between coalesce(valid_from, '-infinity') and coalesce(valid_to, 'infinity')
),
-- An agent with two phones that rang for one call was rung once.
rung as (
    select row_number, agent, bool_or(picked_up) as picked_up
    from (
        select row_number, agent, picked_up from reported where agent_name is not null or picked_up
        union all
        select row_number, coalesce(listed_name, before.agent_name, later.agent_name, number), picked_up
        from listed
        asof left join named as before on listed.phone = before.phone and listed.started_at >= before.started_at
        asof left join named as later on listed.phone = later.phone and listed.started_at <= later.started_at
    )
    group by all
)
select rows.* exclude (row_number) replace (rung.agent as agent), rung.picked_up
from rung join rows using (row_number);

-- How often that was, and how often the agent picked up, per combination of the named dimension columns, agent among them.
create or replace macro ring_counts(p_dims, p_rows) as table
with rung as (from agent_rings(p_rows))
select
    columns(lambda x: list_contains(p_dims, x)),
    count(*) as rang,
    count(*) filter (where picked_up) / count(*) as agent_answer_rate
from rung
group by all;
