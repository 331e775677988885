-- The half-hours of local time of a period, a row each, with whether the business is open in any part of it and whether the day is a
-- holiday. They are counted from the beginning of the period: on the day a clock is set back there are more of them, and two have
-- the same local time.
create or replace macro half_hours_of(p_from, p_to) as table
with
bounds as (
    select
        timezone as zone, timezone(timezone, p_from::date::timestamp) as begins_at,
        timezone(timezone, (p_to::date + 1)::timestamp) as ends_at
    from settings
),
slots as (
    select unnest(range(0, (epoch(ends_at) - epoch(begins_at))::bigint // 1800)) as slot, begins_at + slot * interval 30 minute as starts_at,
           timezone(zone, starts_at) as local_start
    from bounds
)
select
    slot, starts_at, local_start::date as local_day, isodow(local_start)::tinyint as weekday, strftime(local_start, '%H:%M') as half_hour,
    not exists (select 1 from business_hours) or exists (
        select 1 from business_hours as hours
        where hours.weekday = isodow(local_start)
          and local_start::date + opens < local_start + interval 30 minute and local_start::date + closes > local_start) as is_open,
    local_start::date in (select day from holidays) as is_holiday
from slots;

-- Those that are complete: they begin after the day of the first delivery, and were over at the last one. Those of gap_hours() and of days
-- whose spool file has a problem lack calls.
create or replace macro complete_half_hours(p_from, p_to, p_source) as table
select half_hours.*
from half_hours_of(p_from, p_to) as half_hours, data_span(p_source) as span
where local_day > first_day and local_day between kept_from and kept_to and starts_at + interval 30 minute <= complete_through()
    and local_day not in (select day from problem_days())
    and local_day + to_hours(half_hour[1:2]::bigint) not in (
        select begins_at from gap_hours(p_from::date, p_to::date, p_source) where missing_calls > 0);

-- The number of a half-hour, by the microseconds from the beginning of the first one, which is 0, to a time in it. Earlier ones are negative;
-- integer division would round those up, and the last one before the first to 0.
create or replace macro half_hour_after(p_microseconds) as floor(p_microseconds / 1800000000)::bigint;

-- Which of the half-hours of a period that begins at a time another time is in.
create or replace macro half_hour_slot(p_time, p_begins_at) as half_hour_after(epoch_us(p_time) - epoch_us(p_begins_at));

-- The place of a half-hour such as '09:30' in the day, from 0 on, and the time of a place.
create or replace macro half_hour_of_day(p_half_hour) as p_half_hour[1:2]::integer * 2 + p_half_hour[4:4]::integer // 3;
create or replace macro time_of_half_hour(p_place) as format('{:02d}:{:02d}', p_place // 2, p_place % 2 * 30);

-- The hours of a period, by day, and whether the business is open in any part of them; no rows if no business hours are configured.
create or replace macro open_hours_of(p_from, p_to) as table
select local_day, weekday, half_hour[1:2]::bigint as local_hour, bool_or(is_open and not is_holiday) as is_open
from half_hours_of(p_from, p_to)
where exists (select 1 from business_hours)
group by all;
