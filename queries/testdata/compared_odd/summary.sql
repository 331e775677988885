-- Ten days with 4 calls: before them 3 (21 to 30 September; the 5 of 2 October are on other weekdays), then a holiday, 1 and 2; so usually 1
-- to 3. The running ten days have 3 until Friday 10:01; until then there were 3 two weeks before (30 September and 2 October until
-- 10:00), 3 (14 to 16 September), 1 and 1.
select 'ten days' as period, calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-10-05', '2026-10-14')
union all
select 'running', calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-10-12', '2026-10-21');
