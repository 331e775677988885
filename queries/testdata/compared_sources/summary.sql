-- The source abroad began on 20 September at 20:00 in Bogota, which was the 21st in India. On the 28th both have calls, and the
-- Monday before is the day on which abroad began, so nothing is compared; with main alone, it is. Only main has calls on the 22nd.
-- On 5 October both are compared with the 28th, and the usual range of main has three Mondays more.
select '28th' as period, calls, before_calls, usual_n, usual_high_calls from summary('2026-09-28', '2026-09-28')
union all
select '28th, main', calls, before_calls, usual_n, usual_high_calls from summary('2026-09-28', '2026-09-28', p_source := 'main')
union all
select '22nd', calls, before_calls, usual_n, usual_high_calls from summary('2026-09-22', '2026-09-22')
union all
select '5th', calls, before_calls, usual_n, usual_high_calls from summary('2026-10-05', '2026-10-05')
union all
select '5th, main', calls, before_calls, usual_n, usual_high_calls from summary('2026-10-05', '2026-10-05', p_source := 'main');
