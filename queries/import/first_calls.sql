-- The first calls of an import.
select
    timezone((select timezone from settings), started_at) as local_start, direction,
    coalesce(virtual_number, ''), coalesce(customer_number, ''), coalesce(agent, ''), coalesce(call_group, ''),
    outcome, call_sid, talk_seconds, coins::double, coalesce(array_to_string(flags, ' '), '')
from calls
order by started_at, source, direction, call_sid
limit 5;
