-- Every metric per day and hour the call started.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from kpi(['local_day', 'local_hour'], slice)
order by local_day, local_hour;
