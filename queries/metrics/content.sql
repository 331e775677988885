-- A hash of each day's calls, over any set of calls, independent of their order and of how they were received. It is of what webhooks,
-- exports and the vendor's list all tell, and of what follows from it: numbers by their last ten digits, since their spellings differ. It is
-- not of what only one of them has, where the others are not wrong but silent: legs and their times, with waits and ringing, status words,
-- error codes, campaigns, circles, keys, recordings, undocumented fields, and the flags that say what is missing.
create or replace macro content_of(p_rows) as table
with rows as (
    select
        local_day, source, direction, call_sid, started_at, ended_at, number_id(virtual_number) as virtual_number,
        coalesce(customer_key, customer_number) as customer, coalesce(agent_key, agent_number) as phone, lower(agent_name) as agent_name,
        call_group, outcome, answered, call_seconds, talk_seconds, coins, in_business_hours, short_abandon
    from query_table(p_rows)
)
select local_day, count(*) as calls, printf('%016x', bit_xor(hash(rows))) as content
from rows
group by local_day;
