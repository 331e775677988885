-- The calls of each day and hour, and how many are missing. An hour without calls is a gap if at least two of the same weekdays up to four weeks
-- before and after, and all but one of them at most, had ten calls or more; what these had on average is missing. The weeks before and after
-- are read whatever the days are, so that an hour is a gap in every period or in none. Left out are holidays, the day of the first delivery,
-- an hour that is not over, and one that the clocks skip.
create or replace macro gap_hours(p_from, p_to, p_source) as table
with
hours as (
    select day::date as day, day + to_hours(hour) as begins_at, hour::tinyint as hour
    from generate_series((p_from - 28)::timestamp, (p_to + 28)::timestamp, interval 1 day) as days(day), range(24) as clock(hour),
         data_span(p_source), settings
    where day > first_day and day + to_hours(hour + 1) <= through and day::date not in (select day from holidays)
      and timezone(timezone, timezone(timezone, begins_at)) = begins_at
),
counted as (
    select day, begins_at, hour, coalesce(sum(hourly_calls[hour]), 0) as calls
    from hours left join delivery_days on local_day = day and (p_source is null or source = p_source)
    group by day, begins_at, hour
),
judged as (
    select
        day, begins_at, calls,
        case when calls = 0 and count(*) filter (where calls >= 10) over near >= greatest(2, count(*) over near - 2)
             then sum(calls) over near / count(*) filter (where calls >= 10) over near end as missing_calls
    from counted
    window near as (partition by isodow(day), hour order by day range between interval 28 days preceding and interval 28 days following)
)
from judged where day between p_from and p_to;

-- Whether so many missing calls, beside those that there are, make a period incomplete: one of fifty or more.
create or replace macro lacks_calls(p_missing, p_calls) as coalesce(p_missing >= 0.02 * (p_calls + p_missing), false);

-- The days that lack calls, by such gaps or since their spool file has a problem.
create or replace macro incomplete_days(p_from, p_to, p_source) as table
select day from gap_hours(p_from, p_to, p_source) group by day having lacks_calls(sum(missing_calls), sum(calls))
union
select day from problem_days();

-- Hours in words, of a day or with their days: "no calls 10:00–13:00".
create or replace macro no_calls_in_words(p_hours, p_is_day) as
    case when len(p_hours) > 0 then 'no calls ' || array_to_string(list_transform(
        list_zip(list_filter(p_hours, lambda h: not list_contains(p_hours, h - interval 1 hour)),
                 list_filter(p_hours, lambda h: not list_contains(p_hours, h + interval 1 hour))),
        lambda run: strftime(run[1], case when p_is_day then '%H:%M' else '%-d %B %H:%M' end) || '–' || strftime(run[2] + interval 1 hour, '%H:%M')),
        ', ') end;
