-- Every metric of calls per agent and day.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from kpi(['agent', 'local_day'], slice)
where agent is not null
order by agent, local_day;
