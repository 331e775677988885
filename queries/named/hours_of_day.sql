-- Every metric per hour the call started.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from kpi(['local_hour'], slice)),
rows_with_goals as (from with_goals(rows, $group, $number))
from asked_columns(['local_hour'], $metrics, rows, rows_with_goals)
order by local_hour;
