-- Stores the new reports. A duplicate only updates what is known of its deliveries.
update call_versions as stored set
    first_received_at = totals.first_received_at,
    last_received_at = totals.last_received_at,
    deliveries = totals.deliveries,
    last_id = totals.last_id,
    reported_at = totals.reported_at,
    imported = totals.imported,
    from_list = totals.from_list,
    extra = totals.extra,
    sent_direction = totals.sent_direction,
    leg_a_picked_time = totals.leg_a_picked_time
from duplicate_totals as totals
where totals.kind = 'call_report' and stored.direction = totals.direction and stored.call_key = totals.call_key and stored.call_sid = totals.call_sid
  and stored.content_hash = totals.content_hash;

insert into call_versions by name
select
    source, direction, sent_direction, call_sid, call_key, content_hash, first_received_at, last_received_at, reported_at, imported, from_list,
    deliveries,
    last_id,
    source_number, destination_number, dial_whom_number, call_duration, coins, status, start_time, end_time,
    call_recording_url, campid, talk_duration, call_group, receiver_name, error_code, leg_a_picked_time,
    leg_b_start_time, leg_b_picked_time, callstatus, circle, key_press, key_pressed, extra, field_problems
from new_versions
where kind = 'call_report';
