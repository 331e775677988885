-- The most calls at the same time, per virtual number and hour of the day.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select virtual_number, local_hour, peak_concurrent
from peak_concurrency(['virtual_number', 'local_hour'], slice)
order by virtual_number, local_hour;
