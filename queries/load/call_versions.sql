-- A report that came before only counts one delivery more; any other is a version of its own.
merge into call_versions as known
using (
    select
        source, direction, call_sid, call_key, content_hash, first_received_at, last_received_at, deliveries,
        source_number, destination_number, dial_whom_number, call_duration, coins, status, start_time, end_time,
        call_recording_url, campid, talk_duration, call_group, receiver_name, error_code, leg_a_picked_time,
        leg_b_start_time, leg_b_picked_time, callstatus, extra
    from fresh
    where kind = 'call_report'
) as fresh
using (call_key, content_hash)
when matched then update set
    first_received_at = least(known.first_received_at, fresh.first_received_at),
    last_received_at = greatest(known.last_received_at, fresh.last_received_at),
    deliveries = known.deliveries + fresh.deliveries
when not matched then insert by name;
