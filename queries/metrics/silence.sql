-- How long a source has been silent, and how much it usually sends in that time: when the last delivery was received, by the loaded
-- data or p_since, whichever is later, and the fewest deliveries between that time and p_now in each of the four weeks before.
-- Weeks before the first delivery of the source do not count, nor do imports.
create or replace macro silence_of(p_source, p_since, p_now) as table
with
received as (
    select first_received_at from call_versions where source = p_source and not imported
    union all
    select first_received_at from live_events where source = p_source and not imported
    union all
    select received_at from other_events where source = p_source and not imported
),
seen as (select min(first_received_at) as first_at, max(first_received_at) as last_at from received),
bounds as (select first_at, greatest(last_at, p_since::timestamptz) as last_at from seen),
weeks as (
    select back, last_at - to_days(7 * back) as from_at, p_now::timestamptz - to_days(7 * back) as to_at
    from bounds, unnest([1, 2, 3, 4]) as earlier(back)
    where last_at - to_days(7 * back) >= first_at
),
counted as (
    select back, count(first_received_at) as deliveries
    from weeks left join received on first_received_at > from_at and first_received_at <= to_at
    group by back
)
select last_at as last_received_at, count(back) as weeks, min(deliveries) as fewest_deliveries
from bounds left join counted on true
group by last_at;
