-- The period that a period is compared with: as many days just before for two to six days, else the first of the comparable ones.
create or replace macro previous_from(p_from, p_to) as
    case when p_to - p_from between 1 and 5 then p_from - (p_to - p_from + 1)::integer else comparable_from(p_from, p_to, 1) end;

create or replace macro previous_to(p_from, p_to) as
    case when p_to - p_from between 1 and 5 then p_from - 1 else comparable_to(p_from, p_to, 1) end;

create or replace macro is_month(p_from, p_to) as day(p_from) = 1 and p_to = last_day(p_from);

-- The comparable periods, of which the usual range is: whole months before a month, else the same weekdays, as few whole weeks apart as
-- the period has: one for up to 7 days, two for up to 14.
create or replace macro comparable_from(p_from, p_to, p_back) as
    case when is_month(p_from, p_to) then (p_from - to_months(p_back))::date
         else p_from - p_back * weeks_apart(p_from, p_to) * 7 end;

create or replace macro comparable_to(p_from, p_to, p_back) as
    case when is_month(p_from, p_to) then (p_from - to_months(p_back - 1))::date - 1
         else p_to - p_back * weeks_apart(p_from, p_to) * 7 end;

create or replace macro weeks_apart(p_from, p_to) as ((p_to - p_from) // 7 + 1)::integer;

-- The first day whose calls matter: those of all stretches, and of the day before, for calls that are still in progress.
create or replace macro recent_from(p_from, p_to, p_before_from) as
    least(comparable_from(p_from, p_to, 4), p_before_from) - 1;

-- The stretches of time that the figures of a period are compared with, a row each: 0 is the period itself; 1 to 4 are the comparable
-- periods before it; 5 is the earlier period if it is none of these. This is where the earlier period is decided, for every query.
--
-- p_rows are calls from before and in the period. As long as the period is not over, earlier ones end at the minute of the last
-- delivery. An earlier one counts if it begins after the day of the first delivery of every source with calls in the period, since
-- that day may have begun in the middle, and if it is complete: a day whose spool file has a problem lacks calls, and so do no_calls, the
-- hours of gap_hours(); these make it incomplete if they lack one call of fifty. Nor is a period that is incomplete compared.
--
-- left_out says why a stretch does not count: no data, incomplete, or holiday, which only matters for the usual range, and only in fewer
-- than four weeks, since longer periods have holidays as a rule. A period with a holiday that matters has no usual range.
create or replace macro stretches_of(p_rows, p_from, p_to, p_source, p_before_from, p_before_to) as table
with
asked as (
    select
        p_from::date as from_day, p_to::date as to_day,
        coalesce(p_before_from::date, previous_from(from_day, to_day)) as before_from,
        coalesce(p_before_to::date, previous_to(from_day, to_day)) as before_to
),
begun as (
    select timezone((select timezone from settings), max(first_at))::date as day
    from first_deliveries()
    where source in (select source from query_table(p_rows) where local_day between p_from::date and p_to::date)
),
comparable as (
    select stretch, comparable_from(from_day, to_day, stretch) as first_day, comparable_to(from_day, to_day, stretch) as last_day
    from asked, unnest([1, 2, 3, 4]) as earlier(stretch)
),
periods as (
    select 0 as stretch, from_day as first_day, to_day as last_day from asked
    union all
    from comparable
    union all
    select 5, before_from, before_to
    from asked
    where (before_from, before_to) not in (select (first_day, last_day) from comparable)
),
ends as (
    select
        stretch, periods.first_day, last_day, asked.*, through, coalesce(begun.day, span.first_day) as first_delivery,
        span.first_day as data_from, span.begins_at as data_begins_at, through as data_through,
        stretch > 0 and through < to_day + 1 as is_cut,
        least((last_day + 1)::timestamp,
              case when is_cut then periods.first_day + (date_trunc('minute', through) - from_day) end) as last_moment,
        -- Without any delivery there are no days.
        coalesce(case when stretch = 0 then to_day >= span.first_day and from_day <= through and to_day >= kept_from and from_day <= kept_to
                      else through >= from_day and periods.first_day > first_delivery and periods.first_day <= through
                           and periods.first_day >= kept_from and last_day <= kept_to end,
                 false) as within_data,
        -- The file of a period lacks earlier days that there are where it comes from.
        stretch between 1 and 4 and periods.first_day > first_delivery and (periods.first_day < kept_from or last_day > kept_to) as is_left_out_of_file,
        exists (select 1 from problem_days() where day >= periods.first_day and day < least(last_moment, through)) as has_problem,
        to_day - from_day < 27
            and exists (select 1 from holidays where day >= periods.first_day and day < least(last_moment, through)) as has_holiday
    from periods, asked, begun, data_span(p_source) as span
),
gaps as (
    select
        stretch, lacks_calls(sum(missing_calls), sum(calls)) as has_gap,
        list(begins_at order by begins_at) filter (where missing_calls > 0) as no_calls
    from ends
    join gap_hours(recent_from(p_from::date, p_to::date, p_before_from::date), greatest(p_to::date, p_before_to::date), p_source)
        on day between ends.first_day and last_day and begins_at + interval 1 hour <= last_moment
    group by stretch
),
proven as (
    select ends.*, has_problem or coalesce(has_gap, false) as is_incomplete, no_calls
    from ends left join gaps using (stretch)
)
select
    stretch, first_day, last_day, is_cut, last_moment, first_delivery, data_from, data_begins_at, data_through,
    within_data and (stretch = 0 or not is_incomplete and not bool_or(is_incomplete and stretch = 0) over ()) as has_data,
    case when not within_data then 'no data' when is_incomplete then 'incomplete' when has_holiday then 'holiday' end as left_out,
    timezone((select timezone from settings), first_day::timestamp) as begins_at,
    timezone((select timezone from settings), last_moment) as ends_at,
    -- As long after its end as the data goes on after the end of the period.
    case when stretch > 0 then timezone((select timezone from settings),
        least(last_moment + greatest(through - (to_day + 1), interval 0 day), through)) end as seen_until,
    first_day = before_from and last_day = before_to and stretch > 0 as is_before,
    stretch = 1 and to_day - from_day < 7 as is_week_before,
    stretch between 1 and 4 and left_out is null
        and not bool_or((has_holiday or is_incomplete) and stretch = 0 or is_left_out_of_file) over () as is_usual,
    no_calls
from proven;

-- Whether there are calls of each direction. Of the calls as far back as the comparable periods go, this says what an account has: one
-- without incoming calls today, or on the days that today is compared with, may have some.
create or replace macro directions_in(p_rows) as table
select
    coalesce(bool_or(direction = 'incoming'), false) as has_incoming,
    coalesce(bool_or(direction = 'outgoing'), false) as has_outgoing
from query_table(p_rows);

-- The calls of stretches that have data, a row per stretch in which the call started.
create or replace macro calls_in_stretches(p_rows, p_stretches) as table
select calls.*, stretch
from query_table(p_rows) as calls
join (
    select stretch, ends_at as before, unnest(generate_series(first_day, last_day, interval 1 day))::date as local_day
    from query_table(p_stretches)
    where has_data or stretch = 0
) using (local_day)
where started_at < before;

-- The same calls while they are in progress in the stretch, for peaks, as running_calls() has them.
create or replace macro running_in_stretches(p_rows, p_stretches) as table
select calls.* replace (
    greatest(started_at, begins_at) as started_at,
    least(ended_at, ends_at, started_at + interval 24 hour) as ended_at), stretch
from query_table(p_rows) as calls
join (
    select stretch, begins_at, ends_at, unnest(generate_series(first_day - 1, last_day, interval 1 day))::date as local_day
    from query_table(p_stretches)
    where has_data or stretch = 0
) using (local_day)
where started_at < ends_at and ended_at > begins_at;

-- Every metric of each stretch that has data, or those that are asked for, with the stretch_peaks(); NULL in a period itself that has none.
create or replace macro stretch_metrics(p_rows, p_stretches, p_peaks, p_asked := null) as table
with
started as (from calls_in_stretches(p_rows, p_stretches)),
customers as (from customers_in_stretches(started, p_stretches, p_asked)),
measured as (
    select stretch, is_before, is_week_before, is_usual, has_data or calls is not null as is_known, metrics.* exclude (stretch)
    from query_table(p_stretches) left join (from metric_rows(['stretch'], started, p_asked, customers, p_peaks)) as metrics using (stretch)
    where has_data or stretch = 0
),
known as (from measured where is_known),
filled as (
    from zero_filled(known)
    union all by name
    from measured where not is_known
)
from asked_columns(['stretch', 'is_before', 'is_week_before', 'is_usual', 'is_known'], p_asked, filled);

-- The figures of a period, one row: each metric, and as before_…, usual_low_… and usual_high_… that of the earlier period and
-- the usual range. usual_n is how many comparable periods there are.
create or replace macro compared(p_metrics) as table
with
usual as (select columns(lambda x: is_metric(x)) from query_table(p_metrics) where is_usual),
ranges as (select list(columns(*)) from usual)
select
    period.* exclude (stretch, is_before, is_week_before, is_usual, is_known),
    before.*,
    (select count(*) from usual) as usual_n,
    low.*, high.*
from (from query_table(p_metrics) where stretch = 0) as period
left join (select columns(lambda x: is_metric(x)) as 'before_\0' from query_table(p_metrics) where is_before) as before on true
cross join (select case when list_count(columns(*)) > 1 then list_min(columns(*)) end as 'usual_low_\0' from ranges) as low
cross join (select case when list_count(columns(*)) > 1 then list_max(columns(*)) end as 'usual_high_\0' from ranges) as high;

create or replace macro is_metric(p_column) as
    not list_contains(['stretch', 'is_before', 'is_week_before', 'is_usual', 'is_known'], p_column);

-- The same with a row per metric.
create or replace macro compared_figures(p_metrics) as table
with figures as (
    from (select stretch, is_before, is_week_before, is_usual, columns(lambda x: is_metric(x))::double from query_table(p_metrics))
    unpivot include nulls (value for name in (columns(* exclude (stretch, is_before, is_week_before, is_usual))))
)
select
    name,
    max(value) filter (where stretch = 0) as value,
    max(value) filter (where is_before) as before,
    max(value) filter (where is_week_before) as week_before,
    count(value) filter (where is_usual) as usual_n,
    case when usual_n > 1 then min(value) filter (where is_usual) end as usual_low,
    case when usual_n > 1 then max(value) filter (where is_usual) end as usual_high
from figures
group by name;
