-- Missed callers and what became of them: a row per episode, those who wait first, oldest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    customer_number, virtual_number, call_group, first_missed_at, last_missed_at, attempts,
    recovery, recovered_at, recovered_by, recovered_group, minutes_to_recover, last_spoken_at, local_day
from missed_episodes(slice)
order by last_spoken_at is not null, first_missed_at, customer_key;
