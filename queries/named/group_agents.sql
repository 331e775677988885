-- Every metric per group and agent.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rung as (from period_calls($from, $to, $group, null, $number, $direction, $campaign, $source, $hours)),
rows as (from agent_metrics(['call_group', 'agent'], slice, rung, $metrics)),
judged as (from with_agent_goals(rows, call_group, $number))
from asked_columns(['call_group', 'agent'], $metrics, judged)
where agent is not null and ($agent is null or agent = $agent)
order by call_group, answered desc, calls desc, agent;
