-- Most calls at one moment, per virtual number and hour of the day, over any set of calls. A call is there from its start
-- until just before its end; the moment a line is freed it can be taken again.
create or replace macro peak_concurrency(p_rows) as table
with
present as (
    -- in local time, so that hours are the report zone's in anybody's session
    select
        virtual_number,
        timezone((select timezone from settings), started_at) as started_at,
        timezone((select timezone from settings), ended_at) as ended_at
    from query_table(p_rows)
    where ended_at > started_at
),
changes as (
    select virtual_number, started_at as moment, 1 as change from present
    union all
    select virtual_number, ended_at, -1 from present
    union all
    -- an hour that begins while a call is there has that call from its first moment
    select virtual_number, unnest(generate_series(date_trunc('hour', started_at) + interval 1 hour,
                                                  ended_at - interval 1 microsecond, interval 1 hour)), 0
    from present
),
counted as (
    select
        virtual_number, moment,
        sum(change) over (partition by virtual_number order by moment, change rows unbounded preceding) as concurrent
    from changes
)
select
    virtual_number,
    hour(moment)::tinyint as local_hour,
    max(concurrent)::bigint as peak_concurrent
from counted
group by all;
