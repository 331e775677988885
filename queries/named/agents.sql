-- Every metric per agent, most answered first.
-- A call that rang several agents counts for the agent it was reported for.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source))
from kpi(['agent'], slice)
where agent is not null
order by answered desc, calls desc, agent;
