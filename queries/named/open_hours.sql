-- The hours of a period, by day, and whether the business is open in any part of them; no rows if no business hours are configured.
select local_day, weekday, local_hour, is_open
from open_hours_of($from, $to)
order by local_day, local_hour;
