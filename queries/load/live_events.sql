-- Stores the new live events, as call_versions.sql stores reports.
update live_events as stored set
    first_received_at = totals.first_received_at,
    last_received_at = totals.last_received_at,
    deliveries = totals.deliveries,
    last_id = totals.last_id,
    reported_at = totals.reported_at,
    imported = totals.imported,
    extra = totals.extra,
    sent_direction = totals.sent_direction
from duplicate_totals as totals
where totals.kind = 'live_call' and stored.direction = totals.direction and stored.call_key = totals.call_key and stored.call_sid = totals.call_sid
  and stored.content_hash = totals.content_hash;

insert into live_events by name
select
    source, direction, sent_direction, call_sid, call_key, content_hash, first_received_at, last_received_at, reported_at, imported, deliveries,
    last_id,
    source_number, destination_number, dial_whom_number, status, start_time, campid, call_group, extra, field_problems
from new_versions
where kind = 'live_call';
