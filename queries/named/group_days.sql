-- Every metric of calls per group and day.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from kpi(['call_group', 'local_day'], slice)
order by call_group, local_day;
