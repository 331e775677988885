-- Before the first delivery, on 7 September, nothing is known, nor after the last one, on 12 October. In between, days without calls
-- have zeros. Coins were not sent, so they are unknown.
(select local_day, calls, answer_rate, coins, missed_episodes from days('2026-09-06', '2026-09-08'))
union all
(select local_day, calls, answer_rate, coins, missed_episodes from days('2026-10-11', '2026-10-13'))
union all
(select null, calls, answer_rate, coins, missed_episodes from total('2026-09-01', '2026-09-06'))
union all
(select null, calls, answer_rate, coins, missed_episodes from total('2026-09-08', '2026-09-09'))
union all
(select null, calls, answer_rate, coins, missed_episodes from total('2026-10-13', '2026-10-31'));
