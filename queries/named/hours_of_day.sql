-- Every metric per hour the call started.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from kpi(['local_hour'], slice)
order by local_hour;
