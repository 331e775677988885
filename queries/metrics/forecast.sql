-- Calls expected in the week after a day, by half-hour, from a set of calls before it: those in business hours of eight weeks, or twelve for
-- the error. A row per day and half-hour of the day that has had calls or is within business hours on any weekday.
--
-- A day is expected to have as many calls as the median of the same weekdays of the eight weeks before, spread over its half-hours as
-- the calls of those days were, without half-hours that the clocks skip. A day counts if it is over, is none of the incomplete_days(), is after
-- the first delivery of every source that still delivers, and is not a holiday; with fewer than two such days nothing is expected. A source still
-- delivers if it has calls in the week up to the last call of all.
-- forecast_error is of the days of the last four weeks, each forecast in the same way from the weeks before it: the sum of the differences /
-- the sum of the calls, whatever their sign.
create or replace macro forecast_of(p_rows, p_to, p_source, p_of_group, p_of_number) as table
with
rows as (from query_table(p_rows) where direction = 'incoming' and in_business_hours and local_day <= p_to::date),
zone as (select timezone, service_level_target_seconds as target, planned_service_level(goals, p_of_group, p_of_number) as goal from settings),
begun as (
    -- Of the file of a period that lacks some of the days, nothing is expected: where it comes from, more is known.
    select case when coalesce(period_from <= greatest(first_day + 1, p_to::date - 83) and period_to >= p_to::date, true) then first_day end as day
    from settings, (
        select coalesce(timezone((select timezone from zone), max(first_at))::date, (select first_day from data_span(p_source))) as first_day
        from first_deliveries()
        where source in (select source from rows where local_day > (select max(local_day) from rows) - 7)
    )
),
slots as (
    select slot, slots.local_day, weekday, half_hour
    from half_hours_of(p_to::date - 83, p_to) as slots, begun, zone
    where slots.local_day > begun.day and not is_holiday and timezone(timezone, (slots.local_day + 1)::timestamp) <= complete_through()
        and slots.local_day not in (select day from incomplete_days(p_to::date - 83, p_to::date, p_source))
),
complete_calls as (
    select rows.*
    from (
        select *, half_hour_slot(started_at, (select timezone(timezone, (p_to::date - 83)::timestamp) from zone)) as slot from rows
    ) as rows
    semi join slots using (slot)
),
counts as materialized (
    select slots.*, coalesce(offered, 0) as offered
    from slots left join (select slot, offered from kpi(['slot'], complete_calls)) using (slot)
),
actual as (select local_day, sum(offered)::bigint as offered from counts group by local_day),
-- The days to forecast: those of the last four weeks, for the error, and of the next one.
days as (
    select unnest(generate_series(p_to::date - 27, p_to::date + 7, interval 1 day))::date as local_day
),
forecasts as (
    select days.local_day, count(*) as weeks, case when weeks > 1 then median(offered) end as day_forecast
    from days join actual on actual.local_day between days.local_day - 56 and days.local_day - 7 and (days.local_day - actual.local_day) % 7 = 0
    group by days.local_day
),
error as (
    select sum(abs(offered - day_forecast)) / nullif(sum(offered), 0) as forecast_error, count(*) as error_days
    from actual join forecasts using (local_day)
    where day_forecast is not null
),
profile as (
    select weekday, half_hour, sum(offered)::bigint as seen
    from counts
    where local_day > p_to::date - 56
    group by weekday, half_hour
),
recent as (from complete_calls where local_day > p_to::date - 56),
talk as (select avg_talk_seconds from kpi(['everything'], recent)),
coming as (
    select distinct local_day, weekday, half_hour, is_open, is_holiday
    from half_hours_of(p_to::date + 1, p_to::date + 7)
    where half_hour in (select half_hour from profile where seen > 0)
       or half_hour in (select half_hour from half_hours_of(p_to::date + 1, p_to::date + 7)
                        where is_open and exists (select 1 from business_hours))
),
expected as (
    select
        * exclude (day_forecast),
        case when not is_holiday and bool_or(is_open) over (partition by local_day) then day_forecast end as day_forecast_offered,
        case when is_open then day_forecast_offered * case when day_forecast_offered = 0 then 0
            else seen / nullif(sum(seen) over (partition by local_day), 0) end end as forecast_offered
    from (
        select coming.*, day_forecast, coalesce(weeks, 0) as weeks, coalesce(seen, 0) as seen
        from coming left join forecasts using (local_day) left join profile using (weekday, half_hour)
    )
)
select
    local_day, weekday, half_hour, is_open, is_holiday, weeks, day_forecast_offered, forecast_offered, avg_talk_seconds,
    forecast_offered * avg_talk_seconds / 1800 as traffic,
    case when seen >= few_calls() then agents_needed(forecast_offered * avg_talk_seconds / 1800, avg_talk_seconds, target, goal) end
        as agents_needed,
    forecast_error, error_days, goal as planned_service_level
from expected cross join error cross join zone left join talk on true;
