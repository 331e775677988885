-- The earlier period, until when, and whether it counts.
select 'running day' as period, first_day, last_day, until, has_data from previous_period('2026-10-12', '2026-10-12')
union all
select 'day', first_day, last_day, until, has_data from previous_period('2026-10-05', '2026-10-05')
union all
select 'second week', first_day, last_day, until, has_data from previous_period('2026-09-14', '2026-09-14')
union all
select 'to come', first_day, last_day, until, has_data from previous_period('2026-10-19', '2026-10-19')
union all
select 'running week', first_day, last_day, until, has_data from previous_period('2026-10-12', '2026-10-18')
union all
select 'two days', first_day, last_day, until, has_data from previous_period('2026-10-12', '2026-10-13');
