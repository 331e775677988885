-- Every metric per group, busiest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from all_metrics(['call_group'], slice, running, $metrics)
order by offered desc, calls desc, call_group;
