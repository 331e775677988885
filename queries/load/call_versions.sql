-- A report that came before only counts one delivery more; any other is a version of its own.
merge into call_versions as known
using (
    select
        source, direction, call_sid, content_hash,
        min(received_at) as first_received_at, max(received_at) as last_received_at, count(*) as deliveries,
        any_value(source_number) as source_number, any_value(destination_number) as destination_number,
        any_value(dial_whom_number) as dial_whom_number, any_value(call_duration) as call_duration,
        any_value(coins) as coins, any_value(status) as status, any_value(start_time) as start_time,
        any_value(end_time) as end_time, any_value(call_recording_url) as call_recording_url,
        any_value(campid) as campid, any_value(talk_duration) as talk_duration,
        any_value(call_group) as call_group, any_value(receiver_name) as receiver_name,
        any_value(error_code) as error_code, any_value(leg_a_picked_time) as leg_a_picked_time,
        any_value(leg_b_start_time) as leg_b_start_time, any_value(leg_b_picked_time) as leg_b_picked_time,
        any_value(callstatus) as callstatus, any_value(extra) as extra
    from staged
    where reason is null and kind = 'call_report'
    group by source, direction, call_sid, content_hash
    order by first_received_at
) as fresh
using (source, direction, call_sid, content_hash)
when matched then update set
    first_received_at = least(known.first_received_at, fresh.first_received_at),
    last_received_at = greatest(known.last_received_at, fresh.last_received_at),
    deliveries = known.deliveries + fresh.deliveries
when not matched then insert by name;
