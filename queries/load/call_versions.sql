-- A report that came before only has more deliveries now; any other is a version of its own.
update call_versions as version set
    first_received_at = again.first_received_at,
    last_received_at = again.last_received_at,
    deliveries = again.deliveries,
    last_id = again.last_id,
    extra = again.extra
from (
    select delivered.*, come_again.extra
    from delivered join come_again using (kind, direction, call_key, content_hash)
    where kind = 'call_report'
) as again
where version.direction = again.direction and version.call_key = again.call_key and version.content_hash = again.content_hash;

insert into call_versions by name
select
    source, direction, call_sid, call_key, content_hash, first_received_at, last_received_at, deliveries, last_id,
    source_number, destination_number, dial_whom_number, call_duration, coins, status, start_time, end_time,
    call_recording_url, campid, talk_duration, call_group, receiver_name, error_code, leg_a_picked_time,
    leg_b_start_time, leg_b_picked_time, callstatus, extra
from versions anti join come_again using (kind, direction, call_key, content_hash)
where kind = 'call_report';
