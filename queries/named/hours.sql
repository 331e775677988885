-- Every metric per weekday (1 Monday … 7 Sunday) and hour the call started.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from all_metrics(['weekday', 'local_hour'], slice, running, $metrics)
order by weekday, local_hour;
