-- 15 of 20 calls were answered, the goal is 16; of Support 6 of 10, its goal is 7.5. Sales answered 9 of 10. None of 5 outgoing calls was
-- connected; the goal is half a call. By itself Support is the whole, with its own goal.
select 'all' as of, kind, subject, concern, value, goal, below, missed from findings('2026-10-12', '2026-10-12') where below is not null
union all
select 'Support', kind, subject, concern, value, goal, below, missed
from findings('2026-10-12', '2026-10-12', p_group := 'Support') where below is not null;
