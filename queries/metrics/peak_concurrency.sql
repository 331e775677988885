-- The most calls at the same time, per combination of the named dimension columns, over any set of calls. A call lasts from its
-- start until just before its end, so a line can be taken again at the time it is freed. Where no end is known there is no row. By local_day, local_hour and weekday a call
-- counts in the hours in which it runs; for all other dimensions it counts where it started.
create or replace macro peak_concurrency(p_dims, p_rows) as table
with
lasting as (from query_table(p_rows) where ended_at >= started_at),
-- By hours and days, calls are split at the full hours of the report zone's clock, whatever the zone of the session.
timed as (
    select *, started_at + (interval 1 hour - (local_start - date_trunc('hour', local_start))) as next_hour
    from (select *, timezone((select timezone from settings), started_at) as local_start from lasting)
    where list_has_any(p_dims, ['local_day', 'local_hour', 'weekday'])
),
pieces as (
    from lasting
    where not list_has_any(p_dims, ['local_day', 'local_hour', 'weekday'])
    union all
    select * exclude (local_start, next_hour) replace (least(ended_at, next_hour) as ended_at)
    from timed
    union all
    select * exclude (local_start, next_hour, full_hour) replace (
        full_hour as started_at, least(ended_at, full_hour + interval 1 hour) as ended_at,
        local_start::date as local_day, hour(local_start)::tinyint as local_hour, isodow(local_start)::tinyint as weekday)
    from (
        select * replace (timezone((select timezone from settings), full_hour) as local_start)
        from (
            select *, unnest(generate_series(next_hour, ended_at - interval 1 microsecond, interval 1 hour)) as full_hour
            from timed
            where next_hour < ended_at
        )
    )
),
-- Times are in half microseconds, so that an end comes before a start at the same time.
changes as (
    select columns(p_dims), hash(*columns(p_dims)) as scope,
        2 * epoch_us(started_at) + 1 as time, 1 as change
    from pieces
    union all
    select columns(p_dims), hash(*columns(p_dims)),
        2 * epoch_us(ended_at), -1
    from pieces
),
-- One running sum over all combinations, one after the other, as each ends at 0. It takes half the time of a partition for each.
counted as (
    select *, sum(change) over (order by scope, time rows unbounded preceding) as concurrent
    from changes
)
select columns(p_dims), max(concurrent)::bigint as peak_concurrent
from counted
group by all;
