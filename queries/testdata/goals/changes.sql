-- All calls: 4 of 7 answered, 0.5714 − 0.55; 3 of 6 within the target; the goal for coins is that of a group. What has no goal is not judged.
select name, round(value, 4) as value, goal, round(to_goal, 4) as to_goal, goal_verdict
from changes('2026-10-05', '2026-10-05')
where name in ('offered', 'answer_rate', 'service_level', 'coins_unanswered_share', 'connect_rate')
union all
select name || ' of Sales', round(value, 4), goal, round(to_goal, 4), goal_verdict
from changes('2026-10-05', '2026-10-05', p_group := 'Sales')
where name = 'coins_unanswered_share';
