-- Every metric per group and agent.
with
slice as not materialized (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rung as not materialized (from period_calls($from, $to, $group, null, $number, $direction, $campaign, $source, $hours)),
persons as materialized (from legs_by_person(slice)),
-- Read several times, which takes less time than a copy of it.
legs as not materialized (from agent_calls(slice, persons)),
rows as (from leg_metrics(['call_group', 'agent'], legs, persons, rung, $metrics)),
rows_with_goals as (from with_agent_goals(rows, call_group, $number))
from asked_columns(['call_group', 'agent'], $metrics, rows, rows_with_goals)
where agent is not null and ($agent is null or agent = $agent)
order by call_group, answered desc, calls desc, agent;
