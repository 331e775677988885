-- Mondays and Tuesdays are open from 09:00 to 18:00, so 9 hours each; Sunday 4 October has no hours.
select local_day, weekday, min(local_hour) filter (where is_open) as first_open, max(local_hour) filter (where is_open) as last_open,
       count(*) filter (where is_open) as open_hours, count(*) as hours
from open_hours('2026-10-04', '2026-10-06')
group by all order by local_day
