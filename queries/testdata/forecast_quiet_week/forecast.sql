-- Sales has 2, 4 and 6 calls on the Mondays 7, 14 and 21 September, and Support the last one of all on the 28th, a Monday that is not over. The
-- source other delivers from the 7th on, and last on the 22nd. Forecast is the Monday after a week without calls. Sales is of main alone, so the
-- median is of 2, 4 and 6; that of all calls is of 4 and 6. Half-hours are from 10:00.
select 'all' as calls, local_day, half_hour, weeks, day_forecast_offered from forecast('2026-10-05', '2026-10-11') where weekday = 1
union all
select 'Sales', local_day, half_hour, weeks, day_forecast_offered from forecast('2026-09-28', '2026-10-04', p_group := 'Sales') where weekday = 1;
