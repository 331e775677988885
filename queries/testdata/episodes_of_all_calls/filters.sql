-- The opening call must pass the filter: of the 22:00 to 01:00 calls, 11 and 18 opened episodes; of those from 00:00 to 01:00 none.
-- Asha's phone was called by 14 first. Outgoing calls open none. The second number was called by 12 for the second episode, 17, 21 and 22.
select '22:00-01:00' as filter, missed, missed_episodes as episodes, callers_lost as lost
from summary('2026-10-05', '2026-10-06', p_hours := '22:00-01:00')
union all
select '00:00-01:00', missed, missed_episodes, callers_lost from summary('2026-10-05', '2026-10-06', p_hours := '00:00-01:00')
union all
select 'Asha', missed, missed_episodes, callers_lost from summary('2026-10-05', '2026-10-06', p_agent := 'Asha')
union all
select 'outgoing', missed, missed_episodes, callers_lost from summary('2026-10-05', '2026-10-06', p_direction := 'outgoing')
union all
select '01204000002', missed, missed_episodes, callers_lost from summary('2026-10-05', '2026-10-06', p_number := '01204000002');
