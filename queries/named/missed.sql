-- Missed callers and whether they were recovered: a row per episode, unrecovered ones first, oldest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    customer_number, virtual_number, call_group, first_missed_at, last_missed_at, attempts,
    recovery, recovered_at, recovered_by, recovered_group, minutes_to_recover, local_day
from missed_episodes(slice)
order by recovery <> 'unrecovered', first_missed_at, customer_number;
