-- Every metric per weekday the call started, 1 Monday … 7 Sunday.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from kpi(['weekday'], slice)
order by weekday;
