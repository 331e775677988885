-- Every metric per group, busiest first.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from all_metrics(['call_group'], slice, running, $metrics)),
judged as (from with_all_goals(rows, call_group, $number))
from asked_columns(['call_group'], $metrics, judged)
order by offered desc, calls desc, call_group;
