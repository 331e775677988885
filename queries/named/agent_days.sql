-- Every metric of calls per agent and day.
with
slice as not materialized (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
persons as materialized (from legs_by_person(slice)),
legs as not materialized (from agent_calls(slice, persons)),
rows as (from kpi(['agent', 'local_day'], legs)),
rows_with_goals as (from with_goals(rows, $group, $number))
from asked_columns(['agent', 'local_day'], $metrics, rows, rows_with_goals)
where agent is not null and ($agent is null or agent = $agent)
order by agent, local_day;
