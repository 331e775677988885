-- The most calls at the same time, per virtual number and hour of the day.
with running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select virtual_number, local_hour, peak_concurrent
from peak_concurrency(['virtual_number', 'local_hour'], running)
order by virtual_number, local_hour;
