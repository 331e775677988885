-- 5th: missed 1 (11) + 3 (12) + 1 (13) + 2 (14) + 2 (masked) + 2 (16) + 1 (17) + 2 (18) = 14. Episodes: 1 + 2 + 1 + 2 + 1 + 1 + 1 = 9,
-- recovered 11, 12, 14 and 14, so 4 / 9; minutes 5, 20, 30 and 60: median 25. Lost, nobody spoke to them later: 16, 17, 18.
-- 6th: missed 1 (11) + 2 (18) + 19, 20, 21, 22 = 7. Episodes: 19 to 22, 2 of them open: 0 / 2. Lost: 18, 19, 20, 21.
-- Customers missed: 11, 12, 13, 14, 16, 17, 18 on the 5th, 11, 18, 19, 20, 21, 22 on the 6th; the masked ones are not known.
select strftime(local_day, '%d') as day, missed, missed_masked, missed_episodes as episodes, open_episodes,
       recovered_by_callback as callback, recovered_by_return as return, unrecovered, round(recovery_rate, 4) as rate,
       median_minutes_to_recover as minutes, missed_customers, callers_lost
from days('2026-10-05', '2026-10-06')
union all
select 'only 06', missed, missed_masked, missed_episodes, open_episodes, recovered_by_callback, recovered_by_return, unrecovered,
       recovery_rate, median_minutes_to_recover, missed_customers, callers_lost
from summary('2026-10-06', '2026-10-06')
union all
select 'only 05', missed, missed_masked, missed_episodes, open_episodes, recovered_by_callback, recovered_by_return, unrecovered,
       round(recovery_rate, 4), median_minutes_to_recover, missed_customers, callers_lost
from summary('2026-10-05', '2026-10-05')
union all
-- 16, 17, 18, 19, 20, 21 are lost of both days.
select 'both', missed, missed_masked, missed_episodes, open_episodes, recovered_by_callback, recovered_by_return, unrecovered,
       round(recovery_rate, 4), median_minutes_to_recover, missed_customers, callers_lost
from summary('2026-10-05', '2026-10-06');
