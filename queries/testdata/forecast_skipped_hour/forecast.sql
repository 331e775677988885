-- Sundays have 6 calls: 2 from 02:00 and 1 from 02:30, 2 from 09:00 and 1 from 09:30. On Sunday 8 March the clocks go from 02:00 to 03:00, so
-- the 6 calls are expected from 09:00 on, two thirds of them by 09:30. Mondays have 1 call at 02:10 and 1 at 09:00.
select local_day, half_hour, weeks, day_forecast_offered, forecast_offered
from forecast('2026-03-07', '2026-03-07')
where day_forecast_offered > 0;
