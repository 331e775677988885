-- Every metric per group and agent.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source))
from kpi(['call_group', 'agent'], slice)
where agent is not null
order by call_group, answered desc, calls desc, agent;
