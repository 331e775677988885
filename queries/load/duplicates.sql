-- The stored reports and live events of the staged calls, by row. All columns but the keys are read of these rows only, so that a load does not take
-- longer the more the database has. The call_sid follows from the call_key; it is compared as well because most begin with the time of the call, so
-- DuckDB skips the row groups of other times.
create or replace temp table existing_rows as
select 'call_report' as kind, call_key, call_sid, rowid as row from call_versions semi join staged_versions using (call_key, call_sid)
union all
select 'live_call', call_key, call_sid, rowid from live_events semi join staged_versions using (call_key, call_sid);

create or replace temp table existing_calls as select distinct call_key, call_sid from existing_rows;

-- Those of them that some staged lines deliver again, each with the same spelling in whatever order they came, and with an empty time of leg A if
-- one of them was sent with it.
create or replace temp table duplicates as
select stored.* replace (
    least(stored.extra, staged_versions.extra) as extra,
    least(coalesce(stored.sent_direction, ''), coalesce(staged_versions.sent_direction, '')) as sent_direction,
    coalesce(stored.leg_a_picked_time, staged_versions.leg_a_picked_time) as leg_a_picked_time)
from (
    select
        'call_report' as kind, rowid as row, direction, call_key, content_hash, last_received_at, reported_at, imported, from_list, last_id,
        deliveries, extra, sent_direction, leg_a_picked_time
    from call_versions
    where rowid in (select row from existing_rows where kind = 'call_report')
    union all
    select
        'live_call', rowid, direction, call_key, content_hash, last_received_at, reported_at, imported, false, last_id,
        deliveries, extra, sent_direction, null
    from live_events
    where rowid in (select row from existing_rows where kind = 'live_call')
) as stored
join staged_versions using (kind, direction, call_key, content_hash);
