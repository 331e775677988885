-- Every metric per group, busiest first.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
peaks as (from period_peaks(['call_group'], $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from all_metrics(['call_group'], slice, null, $metrics, peaks)),
rows_with_goals as (from with_all_goals(rows, $to, call_group, $number))
from asked_columns(['call_group'], $metrics, rows, rows_with_goals)
order by offered desc, calls desc, call_group;
