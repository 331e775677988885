-- Every metric of calls per agent and day.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
legs as (from agent_calls(slice))
from kpi(['agent', 'local_day'], legs)
where agent is not null and ($agent is null or agent = $agent)
order by agent, local_day;
