-- On the 5th 5 episodes opened: 3 called back (30, 1440 and 1500 minutes), 1 called again (90), 1 unrecovered: 4 / 5; the median is
-- that of 90 and 1440.
-- 7 calls were missed: two tries of 1, 11:00, 2, 3, the masked 5 and 6.
select missed, missed_episodes, recovered_by_callback, recovered_by_return, unrecovered, recovery_rate, median_minutes_to_recover
from summary('2026-10-05', '2026-10-05');
