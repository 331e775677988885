-- A report that came before only counts one delivery more; any other is a version of its own.
merge into call_versions as known
using (
    with seen as (
        select
            source, direction, call_sid, content_hash,
            min(received_at) as first_received_at, max(received_at) as last_received_at, count(*) as deliveries,
            min(rowid) as any_row
        from staged
        where reason is null and kind = 'call_report'
        group by source, direction, call_sid, content_hash
    )
    select
        seen.* exclude (any_row),
        staged.source_number, staged.destination_number, staged.dial_whom_number, staged.call_duration,
        staged.coins, staged.status, staged.start_time, staged.end_time, staged.call_recording_url,
        staged.campid, staged.talk_duration, staged.call_group, staged.receiver_name, staged.error_code,
        staged.leg_a_picked_time, staged.leg_b_start_time, staged.leg_b_picked_time, staged.callstatus,
        staged.extra
    from seen join staged on staged.rowid = seen.any_row
) as fresh
using (source, direction, call_sid, content_hash)
when matched then update set
    first_received_at = least(known.first_received_at, fresh.first_received_at),
    last_received_at = greatest(known.last_received_at, fresh.last_received_at),
    deliveries = known.deliveries + fresh.deliveries
when not matched then insert by name;
