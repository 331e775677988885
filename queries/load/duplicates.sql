-- The staged calls that the database has already.
create or replace temp table existing_calls as
select distinct call_key
from (select call_key from call_versions union all select call_key from live_events) semi join staged_versions using (call_key);

-- The stored reports and live events that some staged lines deliver again.
create or replace temp table duplicates as
select stored.* replace (least(stored.extra, staged_versions.extra) as extra) -- the same spelling in whatever order they came
from (
    select 'call_report' as kind, direction, call_key, content_hash, last_received_at, reported_at, imported, last_id, deliveries, extra
    from call_versions semi join existing_calls using (call_key)
    union all
    select 'live_call', direction, call_key, content_hash, last_received_at, reported_at, imported, last_id, deliveries, extra
    from live_events semi join existing_calls using (call_key)
) as stored
join staged_versions using (kind, direction, call_key, content_hash);
