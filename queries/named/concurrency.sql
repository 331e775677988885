-- The most calls at the same time, per virtual number and hour of the day.
select virtual_number, local_hour, peak_concurrent
from period_peaks(['virtual_number', 'local_hour'], $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
order by virtual_number, local_hour;
