-- The same as for reports.
update live_events as event set
    first_received_at = least(event.first_received_at, again.first_received_at),
    last_received_at = greatest(event.last_received_at, again.last_received_at),
    deliveries = event.deliveries + again.deliveries
from come_again as again
where again.kind = 'live_call' and event.call_key = again.call_key and event.content_hash = again.content_hash;

insert into live_events by name
select
    source, direction, call_sid, call_key, content_hash, first_received_at, last_received_at, deliveries,
    source_number, destination_number, dial_whom_number, status, start_time, campid, call_group, extra
from fresh anti join come_again using (kind, call_key, content_hash)
where kind = 'live_call';
