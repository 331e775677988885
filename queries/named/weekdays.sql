-- Every metric per weekday the call started, 1 Monday … 7 Sunday.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from kpi(['weekday'], slice))
from asked_columns(['weekday'], $metrics, rows)
order by weekday;
