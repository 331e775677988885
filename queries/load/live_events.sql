-- The same as for reports: a duplicate only counts one delivery more.
merge into live_events as known
using (
    select
        source, direction, call_sid, call_key, content_hash, first_received_at, last_received_at, deliveries,
        source_number, destination_number, dial_whom_number, status, start_time, campid, call_group, extra
    from fresh
    where kind = 'live_call'
) as fresh
using (call_key, content_hash)
when matched then update set
    first_received_at = least(known.first_received_at, fresh.first_received_at),
    last_received_at = greatest(known.last_received_at, fresh.last_received_at),
    deliveries = known.deliveries + fresh.deliveries
when not matched then insert by name;
