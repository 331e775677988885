-- Every metric of calls per group and day.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from kpi(['call_group', 'local_day'], slice)),
rows_with_goals as (from with_goals(rows, call_group, $number))
from asked_columns(['call_group', 'local_day'], $metrics, rows, rows_with_goals)
order by call_group, local_day;
