-- On the 5th 5 episodes opened: 2 called back (30 and 1440 minutes), 1 called again (90), 2 unrecovered: 3 / 5, median 90.
-- 7 calls were missed: two tries of 1, 11:00, 2, 3, the masked 5 and 6.
select missed, missed_episodes, recovered_by_callback, recovered_by_return, unrecovered, recovery_rate, median_minutes_to_recover
from summary('2026-10-05', '2026-10-05');
