-- Every metric per virtual number, busiest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from all_metrics(['virtual_number'], slice, running, $metrics)
order by calls desc, virtual_number;
