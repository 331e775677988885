-- The hours of a period, by day, and whether the business is open in any part of them; no rows if no business hours are configured.
select local_day, weekday, half_hour[1:2]::bigint as local_hour, bool_or(is_open and not is_holiday) as is_open
from half_hours_of($from, $to)
where exists (select 1 from business_hours)
group by all
order by local_day, local_hour;
