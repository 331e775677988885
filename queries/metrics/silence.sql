-- When the collector received the reports, live events and other deliveries of a source.
create or replace macro received_from(p_source) as table
select first_received_at from call_versions where source = p_source and not imported
union all
select first_received_at from live_events where source = p_source and not imported
union all
select received_at from other_events where source = p_source and not imported;

-- How long a source has been silent, and how much it usually sends in that time: when the last delivery was received, by the loaded
-- data or p_since, whichever is later, and the fewest deliveries between that time and p_now in each of the four weeks before.
-- Weeks before the first delivery of the source do not count, nor do imports.
create or replace macro silence_of(p_source, p_since, p_now) as table
with
-- With an order and a limit, DuckDB begins with the row groups of the first or the last times and skips the others. min() and max() read all.
seen as (
    select min(received_at) as first_at, max(received_at) as last_at
    from (
        (select first_received_at as received_at from call_versions where source = p_source and not imported order by first_received_at limit 1)
        union all
        (select first_received_at from call_versions where source = p_source and not imported order by first_received_at desc limit 1)
        union all
        (select first_received_at from live_events where source = p_source and not imported order by first_received_at limit 1)
        union all
        (select first_received_at from live_events where source = p_source and not imported order by first_received_at desc limit 1)
        union all
        (select min(received_at) from other_events where source = p_source and not imported)
        union all
        (select max(received_at) from other_events where source = p_source and not imported)
    )
),
bounds as (select first_at, greatest(last_at, p_since::timestamptz) as last_at from seen),
weeks as (
    select back, last_at - to_days(7 * back) as from_at, p_now::timestamptz - to_days(7 * back) as to_at
    from bounds, unnest([1, 2, 3, 4]) as earlier(back)
    where last_at - to_days(7 * back) >= first_at
),
-- Read a second time, of these weeks only: those of all times take long to compare with each week.
recent as (
    from received_from(p_source) where first_received_at > (select coalesce(last_at - to_days(28), 'infinity') from bounds)
),
counted as (
    select back, count(first_received_at) as deliveries
    from weeks left join recent on first_received_at > from_at and first_received_at <= to_at
    group by back
)
select last_at as last_received_at, count(back) as weeks, min(deliveries) as fewest_deliveries
from bounds left join counted on true
group by last_at;
