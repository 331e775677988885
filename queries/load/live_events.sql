-- The same as for reports: a duplicate only counts one delivery more.
merge into live_events as known
using (
    select
        source, direction, call_sid, content_hash,
        min(received_at) as first_received_at, max(received_at) as last_received_at, count(*) as deliveries,
        any_value(source_number) as source_number, any_value(destination_number) as destination_number,
        any_value(dial_whom_number) as dial_whom_number, any_value(status) as status,
        any_value(start_time) as start_time, any_value(campid) as campid,
        any_value(call_group) as call_group, any_value(extra) as extra
    from staged
    where reason is null and kind = 'live_call'
    group by source, direction, call_sid, content_hash
    order by first_received_at
) as fresh
using (source, direction, call_sid, content_hash)
when matched then update set
    first_received_at = least(known.first_received_at, fresh.first_received_at),
    last_received_at = greatest(known.last_received_at, fresh.last_received_at),
    deliveries = known.deliveries + fresh.deliveries
when not matched then insert by name;
