-- In files that have changed since they were loaded: drops the staged lines whose delivery is stored already, and those without
-- an id, which cannot be recognised. Rejected lines stay: those of before are removed.
delete from staged
where file in (select unnest($files::varchar[])) and reason is null and (id is null or (id, received_at) in (
    select (last_id, last_received_at) from call_versions where last_id is not null
    union all
    select (last_id, last_received_at) from live_events where last_id is not null
    union all
    select (id, received_at) from repeated_deliveries where id is not null
    union all
    select (id, received_at) from other_events where id is not null));
