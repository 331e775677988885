-- Whom to call back: missed callers to whom nobody has spoken since, a row each, oldest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select customer_number, virtual_number, call_group, first_missed_at, last_missed_at, attempts,
    hours_waiting, waiting, waiting_since, local_day
from waiting_callers(slice)
order by first_missed_at, customer_key;
