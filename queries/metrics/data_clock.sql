-- What the data says of the time, in one row. data_time is the newest time that it shows to have passed: by the vendor's clock as well
-- as by the collector's, so that neither alone can be ahead. arrived: whether anything was received from one moment to another.
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
