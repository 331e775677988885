-- Every metric per hour the call started.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from kpi(['local_hour'], slice))
from asked_columns(['local_hour'], $metrics, rows)
order by local_hour;
