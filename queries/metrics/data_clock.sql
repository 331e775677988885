-- The time according to the data, in one row. data_time is the latest time that has passed by both the vendor's clock and the
-- collector's, so that one clock that is ahead does not matter. arrived is whether anything was received between the two times.
create or replace macro data_clock_of(p_from, p_to) as table
with received as (
    select last_received_at as received_at from call_versions
    union all
    select last_received_at from live_events
    union all
    select received_at from other_events
)
select
    (select max(least(last_received_at, ended_at)) from calls where ended_at is not null) as data_time,
    exists (select 1 from received where received_at between p_from::timestamptz and p_to::timestamptz) as arrived;
