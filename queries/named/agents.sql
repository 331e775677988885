-- Every metric per agent, most answered first.
-- A call that several agents took counts for each, with the agent's own talk; its coins count for the first. Phones that rang count as rings.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rung as (from period_calls($from, $to, $group, null, $number, $direction, $campaign, $source, $hours)),
rows as (from agent_metrics(['agent'], slice, rung, $metrics)),
judged as (from with_agent_goals(rows, $group, $number))
from asked_columns(['agent'], $metrics, judged)
where agent is not null and ($agent is null or agent = $agent)
order by answered desc, calls desc, agent;
