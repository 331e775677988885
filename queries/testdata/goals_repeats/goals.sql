-- On Monday 5 October one of two answered callers calls again, 0.6 − 0.5. The last delivery comes on the 7th at 00:01, so 24 hours have passed since
-- the end of Monday. Of Tuesday and of both days the rate is known so far, but not whether it meets the goal.
select 'Monday' as calls, repeat_24h_rate, round(repeat_24h_rate_to_goal, 4) as repeat_24h_rate_to_goal, below_goal from total('2026-10-05', '2026-10-05')
union all
select 'Tuesday', repeat_24h_rate, repeat_24h_rate_to_goal, below_goal from total('2026-10-06', '2026-10-06')
union all
select 'both', round(repeat_24h_rate, 4), repeat_24h_rate_to_goal, below_goal from summary('2026-10-05', '2026-10-06')
union all
select 'by day', repeat_24h_rate, round(repeat_24h_rate_to_goal, 4), below_goal from days('2026-10-05', '2026-10-06')
union all
select 'group on Monday', repeat_24h_rate, round(repeat_24h_rate_to_goal, 4), below_goal from groups('2026-10-05', '2026-10-05')
union all
select 'group', round(repeat_24h_rate, 4), repeat_24h_rate_to_goal, below_goal from groups('2026-10-05', '2026-10-06')
union all
select 'number', round(repeat_24h_rate, 4), repeat_24h_rate_to_goal, below_goal from numbers('2026-10-05', '2026-10-06')
union all
select 'by hour', repeat_24h_rate, repeat_24h_rate_to_goal, below_goal from hours('2026-10-05', '2026-10-06')
union all
select 'change on Monday', value, round(to_goal, 4), goal_verdict = 'not met' from changes('2026-10-05', '2026-10-05') where name = 'repeat_24h_rate'
union all
select 'change', round(value, 4), to_goal, goal_verdict = 'not met' from changes('2026-10-05', '2026-10-06') where name = 'repeat_24h_rate';
