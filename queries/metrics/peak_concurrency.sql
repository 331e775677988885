-- Most calls at one moment, per combination of the named dimension columns, over any set of calls. A call is there from its
-- start until just before its end; the moment a line is freed it can be taken again. A call counts in every local_hour it is
-- there; for all other dimensions it belongs to where it started.
create or replace macro peak_concurrency(p_dims, p_rows) as table
with
present as (from query_table(p_rows) where ended_at > started_at),
-- In local time, so that hours are the report zone's in anybody's session.
local_present as (
    select *, timezone((select timezone from settings), started_at) as began, timezone((select timezone from settings), ended_at) as ended
    from present
    where list_contains(p_dims, 'local_hour')
),
-- Where hours are told apart, calls are cut where the clock strikes.
pieces as (
    select *, epoch_us(started_at) as piece_began, epoch_us(ended_at) as piece_ended
    from present
    where not list_contains(p_dims, 'local_hour')
    union all
    select * exclude (began, ended), epoch_us(began), epoch_us(least(ended, date_trunc('hour', began) + interval 1 hour))
    from local_present
    union all
    select * exclude (began, ended, strike) replace (hour(strike)::tinyint as local_hour),
        epoch_us(strike), epoch_us(least(ended, strike + interval 1 hour))
    from (
        select *, unnest(generate_series(date_trunc('hour', began) + interval 1 hour, ended - interval 1 microsecond,
                                         interval 1 hour)) as strike
        from local_present
        where date_trunc('hour', began) + interval 1 hour < ended
    )
),
-- Moments in half microseconds: what ends is over before what begins.
changes as (
    select columns(lambda x: list_contains(p_dims, x)), row(*columns(lambda x: list_contains(p_dims, x))) as scope,
        2 * piece_began + 1 as moment, 1 as change
    from pieces
    union all
    select columns(lambda x: list_contains(p_dims, x)), row(*columns(lambda x: list_contains(p_dims, x))),
        2 * piece_ended, -1
    from pieces
),
counted as (
    select *, sum(change) over (partition by scope order by moment rows unbounded preceding) as concurrent
    from changes
)
select columns(lambda x: list_contains(p_dims, x)), max(concurrent)::bigint as peak_concurrent
from counted
group by all;
