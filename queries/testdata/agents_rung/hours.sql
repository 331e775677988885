-- From ten until just before r4 is 10:00 to 10:11: r1, r2, r3. Over midnight: r10. There are no business hours, so none is out of them. Both of
-- two: of r1, r2 and r3, only r3 is after 10:06.
select '10:00-10:11' as hours, calls from summary('2026-10-05', '2026-10-05', p_hours := '10:00-10:11')
union all
select '23:00-09:00', calls from summary('2026-10-05', '2026-10-05', p_hours := '23:00-09:00')
union all
select 'business', calls from summary('2026-10-05', '2026-10-05', p_hours := 'business')
union all
select 'closed', calls from summary('2026-10-05', '2026-10-05', p_hours := 'closed')
union all
select '10:00-10:11 and 10:06-14:30', calls from summary('2026-10-05', '2026-10-05', p_hours := '10:00-10:11 and 10:06-14:30')
union all
select 'business and 23:00-09:00', calls from summary('2026-10-05', '2026-10-05', p_hours := 'business and 23:00-09:00')
union all
select '10:00-10:11 and closed', calls from summary('2026-10-05', '2026-10-05', p_hours := '10:00-10:11 and closed');
