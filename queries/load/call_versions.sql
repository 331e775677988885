-- A report that came before only counts some deliveries more; any other is a version of its own.
update call_versions as version set
    first_received_at = least(version.first_received_at, again.first_received_at),
    last_received_at = greatest(version.last_received_at, again.last_received_at),
    deliveries = version.deliveries + again.deliveries
from come_again as again
where again.kind = 'call_report' and version.call_key = again.call_key and version.content_hash = again.content_hash;

insert into call_versions by name
select
    source, direction, call_sid, call_key, content_hash, first_received_at, last_received_at, deliveries,
    source_number, destination_number, dial_whom_number, call_duration, coins, status, start_time, end_time,
    call_recording_url, campid, talk_duration, call_group, receiver_name, error_code, leg_a_picked_time,
    leg_b_start_time, leg_b_picked_time, callstatus, extra
from fresh anti join come_again using (kind, call_key, content_hash)
where kind = 'call_report';
