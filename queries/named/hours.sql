-- Every metric per weekday (1 Monday … 7 Sunday) and hour the call started.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
peaks as (from period_peaks(['weekday', 'local_hour'], $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from all_metrics(['weekday', 'local_hour'], slice, null, $metrics, peaks)),
rows_with_goals as (from with_all_goals(rows, $to, $group, $number))
from asked_columns(['weekday', 'local_hour'], $metrics, rows, rows_with_goals)
order by weekday, local_hour;
