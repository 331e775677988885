-- The staged calls that the database has already.
create or replace temp table existing_calls as
select distinct call_key
from (select call_key from call_versions union all select call_key from live_events) semi join staged_versions using (call_key);

-- The stored reports and live events that some staged lines deliver again, each with the same spelling in whatever order they came, and
-- with an empty time of leg A if one of them was sent with it.
create or replace temp table duplicates as
select stored.* replace (
    least(stored.extra, staged_versions.extra) as extra,
    least(coalesce(stored.sent_direction, ''), coalesce(staged_versions.sent_direction, '')) as sent_direction,
    coalesce(stored.leg_a_picked_time, staged_versions.leg_a_picked_time) as leg_a_picked_time)
from (
    select 'call_report' as kind, direction, call_key, content_hash, last_received_at, reported_at, imported, from_list, last_id, deliveries,
        extra, sent_direction, leg_a_picked_time
    from call_versions semi join existing_calls using (call_key)
    union all
    select 'live_call', direction, call_key, content_hash, last_received_at, reported_at, imported, false, last_id, deliveries,
        extra, sent_direction, null
    from live_events semi join existing_calls using (call_key)
) as stored
join staged_versions using (kind, direction, call_key, content_hash);
