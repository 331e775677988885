-- Both days. An episode belongs to the group of the call that opened it, under a filter too.
-- Sales: 11, 12, 13, both of 14, 16, 18, 19, 20 make 9 episodes, 20 is open, 11 and both of 14 recovered: 3 / 8. Of the 13 missed
-- calls (11, 12, 13, 14, 14, masked, 16, four of 18, 19, 20), those of 16, 18, 19 and 20 are of lost callers.
-- Support: the second of 12, 17, 21, 22 make 4; 21 is open, that of 12 recovered: 1 / 3. Missed 8: 11, 12, 12, zeros, 16, 17, 21, 22.
-- 16, 17 and 21 are lost; 11 was missed in Sales before it was spoken to, and 12 in both.
select call_group, missed, missed_masked as masked, missed_episodes as episodes, open_episodes as open, unrecovered,
       recovery_rate as rate, callers_lost as lost
from groups('2026-10-05', '2026-10-06')
union all
select 'only Sales', missed, missed_masked, missed_episodes, open_episodes, unrecovered, recovery_rate, callers_lost
from summary('2026-10-05', '2026-10-06', p_group := 'Sales')
union all
select 'only Support', missed, missed_masked, missed_episodes, open_episodes, unrecovered, recovery_rate, callers_lost
from summary('2026-10-05', '2026-10-06', p_group := 'Support');
