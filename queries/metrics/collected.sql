-- When the collector received each delivery. An import proves nothing about what the collector received, so it is left out. A report
-- or live event that was delivered several times is in repeated_deliveries with each of them.
create or replace macro collected() as table
select last_received_at as received_at from call_versions where deliveries = 1 and not imported
union all
select last_received_at from live_events where deliveries = 1 and not imported
union all
select received_at from repeated_deliveries where not imported
union all
select received_at from other_events where not imported;

-- When the newest delivery was received; NULL if everything was imported.
create or replace macro last_delivery_at() as (select max(last_received_at) from loads);

-- Up to when the data is complete: the time of the newest delivery. If everything was imported, the end of the last call.
create or replace macro complete_through() as coalesce(
    last_delivery_at(),
    (select max(imported_through) from delivery_days));
