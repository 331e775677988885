-- The calls of the staged lines that have stored reports or live events.
create or replace temp table existing_calls as
select call_key, call_sid from stored_versions
union
select call_key, call_sid from stored_live;

-- The stored reports and live events that some staged lines deliver again, each with the same spelling in whatever order they came, and with an empty
-- time of leg A if one of them was sent with it.
create or replace temp table duplicates as
select stored.* replace (
    least(stored.extra, staged_versions.extra) as extra,
    least(coalesce(stored.sent_direction, ''), coalesce(staged_versions.sent_direction, '')) as sent_direction,
    coalesce(stored.leg_a_picked_time, staged_versions.leg_a_picked_time) as leg_a_picked_time)
from (
    select
        'call_report' as kind, direction, call_key, call_sid, content_hash, last_received_at, reported_at, imported, from_list, last_id,
        deliveries, extra, sent_direction, leg_a_picked_time
    from stored_versions
    union all
    select
        'live_call', direction, call_key, call_sid, content_hash, last_received_at, reported_at, imported, false, last_id,
        deliveries, extra, sent_direction, null
    from stored_live
) as stored
join staged_versions using (kind, direction, call_key, content_hash);
