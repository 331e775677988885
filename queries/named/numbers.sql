-- Every metric per virtual number, busiest first.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
peaks as (from period_peaks(['virtual_number'], $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from all_metrics(['virtual_number'], slice, null, $metrics, peaks)),
rows_with_goals as (from with_all_goals(rows, $to, $group, virtual_number))
from asked_columns(['virtual_number'], $metrics, rows, rows_with_goals)
order by calls desc, virtual_number;
