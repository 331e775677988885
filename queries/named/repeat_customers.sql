-- Customers who called at least twice in the period, most calls first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select customer_key, incoming, answered_in, talk_seconds, first_called_at, last_called_at
from repeat_callers(slice)
order by incoming desc, customer_key;
