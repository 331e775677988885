-- Every metric per weekday the call started, 1 Monday … 7 Sunday.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from kpi(['weekday'], slice)),
rows_with_goals as (from with_goals(rows, $group, $number))
from asked_columns(['weekday'], $metrics, rows, rows_with_goals)
order by weekday;
