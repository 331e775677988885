-- The same as for reports: a duplicate only counts one delivery more.
merge into live_events as known
using (
    with seen as (
        select
            source, direction, call_sid, content_hash,
            min(received_at) as first_received_at, max(received_at) as last_received_at, count(*) as deliveries,
            min(rowid) as any_row
        from staged
        where reason is null and kind = 'live_call'
        group by source, direction, call_sid, content_hash
    )
    select
        seen.* exclude (any_row),
        staged.source_number, staged.destination_number, staged.dial_whom_number, staged.status,
        staged.start_time, staged.campid, staged.call_group, staged.extra
    from seen join staged on staged.rowid = seen.any_row
) as fresh
using (source, direction, call_sid, content_hash)
when matched then update set
    first_received_at = least(known.first_received_at, fresh.first_received_at),
    last_received_at = greatest(known.last_received_at, fresh.last_received_at),
    deliveries = known.deliveries + fresh.deliveries
when not matched then insert by name;
