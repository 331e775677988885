-- All calls: 4 of 7 answered, 0.5714 − 0.55. One group: its goal, 0.5 − 0.5. One number, in another spelling: its goal, 0.5714 − 0.6. A
-- number's goal goes before that of the group: 0.5 − 0.6. An agent has the goals of all calls: 4 of 4 answered, 1 − 0.55. A direction has
-- them too, and nothing is known of the answer rate of outgoing calls. A period before the first delivery has no figures.
select 'all' as calls, round(answer_rate_to_goal, 4) as answer_rate_to_goal, below_goal from total('2026-10-05', '2026-10-05')
union all
select 'group', round(answer_rate_to_goal, 4), below_goal from total('2026-10-05', '2026-10-05', p_group := 'Support')
union all
select 'number', round(answer_rate_to_goal, 4), below_goal from total('2026-10-05', '2026-10-05', p_number := '1204000001')
union all
select 'both', round(answer_rate_to_goal, 4), below_goal
from summary('2026-10-05', '2026-10-05', p_group := 'Support', p_number := '01204000001')
union all
select 'agent', round(answer_rate_to_goal, 4), below_goal from total('2026-10-05', '2026-10-05', p_agent := 'Asha')
union all
select 'outgoing', answer_rate_to_goal, below_goal from total('2026-10-05', '2026-10-05', p_direction := 'outgoing')
union all
select 'before', answer_rate_to_goal, below_goal from total('2026-10-01', '2026-10-01');
