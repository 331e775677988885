-- Every metric per agent, most answered first.
-- A call that rang several agents counts for the agent in its report, and as a ring for each.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rung as (from period_calls($from, $to, $group, null, $number, $direction, $campaign, $source, $hours))
from agent_metrics(['agent'], slice, rung)
where agent is not null and ($agent is null or agent = $agent)
order by answered desc, calls desc, agent;
