-- A number has its goal: 4 of 7 answered, 0.5714 − 0.6. The agent's phone rang 4 times and was picked up each time: 1 − 0.8, also in a
-- group. At 10 o'clock 3 of 5 answered, at 11 o'clock 1 of 2, 0.5 − 0.55.
select virtual_number as what, round(answer_rate_to_goal, 4) as answer_rate_to_goal, null as agent_answer_rate_to_goal, below_goal
from numbers('2026-10-05', '2026-10-05')
union all
select agent, round(answer_rate_to_goal, 4), round(agent_answer_rate_to_goal, 4), below_goal from agents('2026-10-05', '2026-10-05')
union all
select call_group || ' ' || agent, round(answer_rate_to_goal, 4), round(agent_answer_rate_to_goal, 4), below_goal
from group_agents('2026-10-05', '2026-10-05')
union all
select local_hour::varchar, round(answer_rate_to_goal, 4), null, below_goal from hours_of_day('2026-10-05', '2026-10-05');
