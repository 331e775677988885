-- Call a runs from Sunday into Monday, c and d from Monday into Tuesday, f from Tuesday on until its end is no longer believed, at
-- the end of Wednesday. Monday 0 h: a and b. Monday 23 h: c and d. Tuesday 0 h: c, d and e. No call starts on Wednesday, and
-- f is there all day. A day alone has the same peaks as within the week.
with peaks as (
    select 'Monday' as period, weekday, local_hour, calls, peak_concurrent from hours('2026-10-05', '2026-10-05')
    union all
    select 'Tuesday', weekday, local_hour, calls, peak_concurrent from hours('2026-10-06', '2026-10-06')
    union all
    select 'week', weekday, local_hour, calls, peak_concurrent from hours('2026-10-05', '2026-10-11')
)
select period, weekday, local_hour, calls, peak_concurrent from peaks
where weekday < 3 or local_hour in (0, 23)
order by period, weekday, local_hour;
