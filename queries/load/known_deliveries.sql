-- Of files that are not what was loaded of them before, the staged lines are left out whose delivery is there already, and those
-- without an id, of which that cannot be known.
delete from staged
where file in (select unnest($files::varchar[])) and (id is null or (id, received_at) in (
    select (last_id, last_received_at) from call_versions where last_id is not null
    union all
    select (last_id, last_received_at) from live_events where last_id is not null
    union all
    select (id, received_at) from repeated_deliveries where id is not null
    union all
    select (id, received_at) from other_events where id is not null));
