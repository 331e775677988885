-- A hash of each day's calls, over any set of calls, independent of their order and of how they were received. It is of what webhooks,
-- exports and the vendor's list all tell of a call, not of what the configuration or a directory adds. Numbers count by their last ten
-- digits, since their spellings differ, and an agent by the phone. What only one of them tells is not in it, since the others are not wrong
-- but silent: legs and their times, with waits and ringing, status words, error codes, campaigns, circles, keys, recordings, undocumented
-- fields, and the flags that say what is missing.
create or replace macro content_of(p_rows) as table
with rows as (
    select
        local_day, source, direction, call_sid, started_at, ended_at, number_id(reported_virtual_number) as virtual_number,
        coalesce(customer_key, customer_number) as customer, coalesce(agent_key, agent_number, reported_agent_name) as agent,
        case when group_basis = 'reported' then call_group end as call_group,
        outcome, answered, call_seconds, talk_seconds, coins
    from query_table(p_rows)
)
select local_day, count(*) as calls, printf('%016x', bit_xor(hash(rows))) as content
from rows
group by local_day;
