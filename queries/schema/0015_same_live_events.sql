-- null, an empty text and a missing field are the same in live events too: their hashes are computed again, and those that have the same become
-- one. Fields that live_events has no column for are kept in extra from here on, and are part of the hash as such; those of earlier events are
-- not stored.
create temp table rehashed as
from (
    select
        rowid as row, direction, call_key, content_hash as old_hash,
        report_hash(sent_direction, extra, field_problems, source_number, destination_number, dial_whom_number, null, null, status,
            start_time, null, null, campid, null, call_group, null, null, null, null, null) as content_hash
    from live_events
)
where content_hash <> old_hash;

update repeated_deliveries as stored set content_hash = rehashed.content_hash
from rehashed
where stored.kind = 'live_call' and stored.direction = rehashed.direction and stored.call_key = rehashed.call_key
  and stored.content_hash = rehashed.old_hash;

update live_events set content_hash = rehashed.content_hash from rehashed where live_events.rowid = rehashed.row;

create temp table merged as
select direction, call_key, content_hash
from live_events semi join rehashed using (direction, call_key, content_hash)
group by direction, call_key, content_hash
having count(*) > 1;

insert into repeated_deliveries by name
select
    'live_call' as kind, direction, call_key, content_hash, last_received_at as received_at, reported_at, imported, last_id as id,
    1 as deliveries
from live_events semi join merged using (direction, call_key, content_hash)
where deliveries = 1;

delete from live_events
where rowid in (
    select rowid
    from live_events semi join merged using (direction, call_key, content_hash)
    qualify row_number() over (partition by direction, call_key, content_hash order by extra, sent_direction, rowid) > 1);

-- Of an event that was received several times the first delivery counts, and of an imported one the newest export.
update live_events as stored set
    first_received_at = counting.first_received_at,
    last_received_at = counting.last_received_at,
    reported_at = delivery.reported_at,
    last_id = nullif(delivery.id, ''),
    imported = counting.imported,
    deliveries = counting.deliveries
from (
    select
        direction, call_key, content_hash,
        min(received_at) as first_received_at,
        max(received_at) as last_received_at,
        greatest(min({reported_at: reported_at, id: coalesce(id, '')}) filter (where not imported),
                 max({reported_at: reported_at, id: coalesce(id, '')}) filter (where imported)) as delivery,
        bool_and(imported) as imported,
        sum(deliveries)::bigint as deliveries
    from repeated_deliveries semi join merged using (direction, call_key, content_hash)
    where kind = 'live_call'
    group by direction, call_key, content_hash
) as counting
where stored.direction = counting.direction and stored.call_key = counting.call_key and stored.content_hash = counting.content_hash;

drop table rehashed;
drop table merged;
