-- Any rows of calls in the hours in which they run: one piece per hour of the report zone's clock, whatever the zone of the session, with its
-- beginning and end in microseconds. A call without a known end has none.
create or replace macro hour_pieces(p_rows) as table
with
-- Clocks are set at full quarters of an hour, and converting one time of each takes a third of the time.
quarters as (
    select quarter, epoch_us(timezone((select timezone from settings), make_timestamptz(quarter * 900000000))) - quarter * 900000000 as shift
    from (select distinct epoch_us(started_at) // 900000000 as quarter from query_table(p_rows))
),
timed as (
    select
        * exclude (quarter, shift), epoch_us(started_at) as begins, epoch_us(ended_at) as ends,
        begins + 3600000000 - (begins + shift) % 3600000000 as next_hour
    from query_table(p_rows) join quarters on quarter = epoch_us(started_at) // 900000000
    where ended_at >= started_at
)
select * exclude (next_hour) replace (least(ends, next_hour) as ends) from timed
union all
select * exclude (next_hour, full_hour, local_start) replace (
    full_hour as begins, least(ends, full_hour + 3600000000) as ends,
    local_start::date as local_day, hour(local_start)::tinyint as local_hour, isodow(local_start)::tinyint as weekday)
from (
    select *, timezone((select timezone from settings), make_timestamptz(full_hour)) as local_start
    from (select *, unnest(generate_series(next_hour, ends - 1, 3600000000)) as full_hour from timed where next_hour < ends)
);

-- The most pieces at the same time, per combination of the named dimension columns.
create or replace macro peaks_of_pieces(p_dims, p_pieces) as table
with
scoped as (select columns(p_dims), hash(*columns(p_dims)) as scope, begins, ends from query_table(p_pieces)),
-- Times are in half microseconds, so that an end, which is even, comes before a start at the same time.
changes as (
    select scope, 2 * begins + 1 as time from scoped
    union all
    select scope, 2 * ends from scoped
),
-- One running sum over all combinations, one after the other, as each ends at 0. It takes half the time of a partition for each.
counted as (
    select scope, sum((time & 1) * 2 - 1) over (order by scope, time rows unbounded preceding) as concurrent
    from changes
),
peaks as (select scope, max(concurrent)::bigint as peak_concurrent from counted group by scope),
scopes as (select distinct on (scope) columns(p_dims), scope from scoped)
select * exclude (scope)
from scopes join peaks using (scope);

-- The most calls at the same time, per combination of the named dimension columns, over any set of calls. A call lasts from its
-- start until just before its end, so a line can be taken again at the time it is freed. Where no end is known there is no row. By
-- local_day, local_hour and weekday a call counts in the hours in which it runs; for all other dimensions it counts where it started.
create or replace macro peak_concurrency(p_dims, p_rows) as table
with
in_hours as (from hour_pieces(p_rows)),
whole as (
    select *, epoch_us(started_at) as begins, epoch_us(ended_at) as ends
    from query_table(p_rows)
    where ended_at >= started_at
),
pieces as (from query_table(case when list_has_any(p_dims, ['local_day', 'local_hour', 'weekday']) then in_hours else whole end))
from peaks_of_pieces(p_dims, pieces);
