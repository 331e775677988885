-- Most calls at one moment, per combination of the named dimension columns, over any set of calls. A call is there from its
-- start until just before its end; the moment a line is freed it can be taken again. A call counts in every local_hour it is
-- there; for all other dimensions it belongs to where it started.
create or replace macro peak_concurrency(p_dims, p_rows) as table
with
present as (from query_table(p_rows) where ended_at > started_at),
-- Where hours are told apart, calls are cut where the report zone's clock strikes, whatever the zone of the session.
striking as (
    select *, started_at + (interval 1 hour - (local_start - date_trunc('hour', local_start))) as first_strike
    from (select *, timezone((select timezone from settings), started_at) as local_start from present)
    where list_contains(p_dims, 'local_hour')
),
pieces as (
    select *, epoch_us(started_at) as piece_began, epoch_us(ended_at) as piece_ended
    from present
    where not list_contains(p_dims, 'local_hour')
    union all
    select * exclude (local_start, first_strike), epoch_us(started_at), epoch_us(least(ended_at, first_strike))
    from striking
    union all
    select * exclude (local_start, first_strike, strike) replace (hour(timezone((select timezone from settings), strike))::tinyint as local_hour),
        epoch_us(strike), epoch_us(least(ended_at, strike + interval 1 hour))
    from (
        select *, unnest(generate_series(first_strike, ended_at - interval 1 microsecond, interval 1 hour)) as strike
        from striking
        where first_strike < ended_at
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
