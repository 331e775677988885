-- A day: the same weekday a week before. A week: the one before. A month: the whole one before, be it shorter. Two to six days: as many just before.
select 'day' as period, first_day, last_day from previous_period('2026-10-05', '2026-10-05')
union all
select 'week', first_day, last_day from previous_period('2026-10-05', '2026-10-11')
union all
select 'March', first_day, last_day from previous_period('2026-03-01', '2026-03-31')
union all
select 'January', first_day, last_day from previous_period('2026-01-01', '2026-01-31')
union all
select 'three days', first_day, last_day from previous_period('2026-10-05', '2026-10-07');
