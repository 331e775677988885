-- The time according to the data, in one row. data_time is the latest time that has passed by both the vendor's clock and the
-- collector's, so that one clock that is ahead does not matter. arrived is whether the collector received anything between the two
-- times; if everything was imported, whether a call ended between them.
create or replace macro data_clock_of(p_from, p_to) as table
select
    (select max(least(last_received_at, ended_at)) from calls where ended_at is not null) as data_time,
    exists (select 1 from collected() where received_at between p_from::timestamptz and p_to::timestamptz)
        or not exists (select 1 from collected())
            and exists (select 1 from calls where ended_at between p_from::timestamptz and p_to::timestamptz) as arrived;
