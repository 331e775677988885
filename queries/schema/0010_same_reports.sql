-- null, an empty text and a missing field are the same: they are stored as NULL, and reports that differ only in them become one.
create temp table rehashed as
select
    rowid as row, direction, call_key, content_hash as old_hash,
    report_hash(sent_direction, extra, field_problems, source_number, destination_number, dial_whom_number, call_duration, coins, status,
        start_time, end_time, call_recording_url, campid, talk_duration, call_group, receiver_name, error_code, leg_a_picked_time,
        leg_b_start_time, leg_b_picked_time) as content_hash
from call_versions
where '' in (source_number, destination_number, dial_whom_number, call_duration, coins, status, start_time, end_time, call_recording_url,
        campid, talk_duration, call_group, receiver_name, error_code, leg_a_picked_time, leg_b_start_time, leg_b_picked_time, callstatus)
   or contains(extra, '""') or contains(extra, 'null');

update call_versions set
    content_hash = rehashed.content_hash,
    source_number = nullif(source_number, ''),
    destination_number = nullif(destination_number, ''),
    dial_whom_number = nullif(dial_whom_number, ''),
    call_duration = nullif(call_duration, ''),
    coins = nullif(coins, ''),
    status = nullif(status, ''),
    start_time = nullif(start_time, ''),
    end_time = nullif(end_time, ''),
    call_recording_url = nullif(call_recording_url, ''),
    campid = nullif(campid, ''),
    talk_duration = nullif(talk_duration, ''),
    call_group = nullif(call_group, ''),
    receiver_name = nullif(receiver_name, ''),
    error_code = nullif(error_code, ''),
    leg_a_picked_time = nullif(leg_a_picked_time, ''),
    leg_b_start_time = nullif(leg_b_start_time, ''),
    leg_b_picked_time = nullif(leg_b_picked_time, ''),
    callstatus = nullif(callstatus, ''),
    extra = filled_members(extra)
from rehashed
where call_versions.rowid = rehashed.row;

-- Live events have fields that are not stored, so that their hashes cannot be computed again.
update live_events set
    source_number = nullif(source_number, ''),
    destination_number = nullif(destination_number, ''),
    dial_whom_number = nullif(dial_whom_number, ''),
    status = nullif(status, ''),
    start_time = nullif(start_time, ''),
    campid = nullif(campid, ''),
    call_group = nullif(call_group, ''),
    extra = filled_members(extra)
where '' in (source_number, destination_number, dial_whom_number, status, start_time, campid, call_group)
   or contains(extra, '""') or contains(extra, 'null');

update repeated_deliveries as stored set content_hash = rehashed.content_hash
from rehashed
where stored.kind = 'call_report' and stored.direction = rehashed.direction and stored.call_key = rehashed.call_key
  and stored.content_hash = rehashed.old_hash;

create temp table merged as
select direction, call_key, content_hash
from call_versions semi join rehashed using (direction, call_key, content_hash)
group by direction, call_key, content_hash
having count(*) > 1;

insert into repeated_deliveries by name
select
    'call_report' as kind, direction, call_key, content_hash, last_received_at as received_at, reported_at, imported, last_id as id,
    1 as deliveries
from call_versions semi join merged using (direction, call_key, content_hash)
where deliveries = 1;

delete from call_versions
where rowid in (
    select rowid
    from call_versions semi join merged using (direction, call_key, content_hash)
    qualify row_number() over (partition by direction, call_key, content_hash order by extra, sent_direction, rowid) > 1);

-- Of a report that was received several times the first delivery counts, and of an imported one the newest export.
create temp table counting as
select
    kind, direction, call_key, content_hash,
    min(received_at) as first_received_at,
    max(received_at) as last_received_at,
    greatest(min({reported_at: reported_at, id: coalesce(id, '')}) filter (where not imported),
             max({reported_at: reported_at, id: coalesce(id, '')}) filter (where imported)) as delivery,
    bool_and(imported) as imported,
    sum(deliveries)::bigint as deliveries
from repeated_deliveries
group by kind, direction, call_key, content_hash;

update call_versions as stored set
    first_received_at = counting.first_received_at,
    last_received_at = counting.last_received_at,
    reported_at = delivery.reported_at,
    last_id = nullif(delivery.id, ''),
    imported = counting.imported,
    deliveries = counting.deliveries
from counting
where counting.kind = 'call_report'
  and stored.direction = counting.direction and stored.call_key = counting.call_key and stored.content_hash = counting.content_hash;

update live_events as stored set
    reported_at = delivery.reported_at,
    last_id = nullif(delivery.id, '')
from counting
where counting.kind = 'live_call'
  and stored.direction = counting.direction and stored.call_key = counting.call_key and stored.content_hash = counting.content_hash;

drop table rehashed;
drop table merged;
drop table counting;
