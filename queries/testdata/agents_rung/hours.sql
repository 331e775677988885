-- From ten until just before r4 is 10:00 to 10:11: r1, r2, r3. Over midnight: r10. The two out of business hours are none.
select '10:00-10:11' as hours, calls from summary('2026-10-05', '2026-10-05', p_hours := '10:00-10:11')
union all
select '23:00-09:00', calls from summary('2026-10-05', '2026-10-05', p_hours := '23:00-09:00')
union all
select 'business', calls from summary('2026-10-05', '2026-10-05', p_hours := 'business')
union all
select 'closed', calls from summary('2026-10-05', '2026-10-05', p_hours := 'closed');
