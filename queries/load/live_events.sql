-- The same as for reports.
update live_events as event set
    first_received_at = again.first_received_at,
    last_received_at = again.last_received_at,
    deliveries = again.deliveries,
    last_id = again.last_id,
    extra = again.extra
from (
    select delivered.*, come_again.extra
    from delivered join come_again using (kind, direction, call_key, content_hash)
    where kind = 'live_call'
) as again
where event.direction = again.direction and event.call_key = again.call_key and event.content_hash = again.content_hash;

insert into live_events by name
select
    source, direction, call_sid, call_key, content_hash, first_received_at, last_received_at, deliveries, last_id,
    source_number, destination_number, dial_whom_number, status, start_time, campid, call_group, extra
from versions anti join come_again using (kind, direction, call_key, content_hash)
where kind = 'live_call';
