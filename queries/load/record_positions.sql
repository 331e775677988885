-- Records how far the files of a batch were read, all in one statement.
merge into spool_files as stored
using (
    select * replace (make_timestamptz(modified_at) as modified_at), $loaded_at::timestamptz as loaded_at, getvariable('loader') as loader
    from (
        select unnest(from_json($positions::json, '[{"file": "VARCHAR", "loaded_bytes": "BIGINT", "loaded_lines": "BIGINT",
            "lines_hash": "UBIGINT", "disk_bytes": "BIGINT", "modified_at": "BIGINT", "changed": "BOOLEAN",
            "first_hash": "UBIGINT"}]'), recursive := true)
    )
) as position
on stored.file = position.file and stored.loader is not distinct from position.loader
when matched then update set
    loaded_bytes = position.loaded_bytes, loaded_lines = position.loaded_lines, lines_hash = position.lines_hash,
    disk_bytes = position.disk_bytes, modified_at = position.modified_at, last_loaded_at = position.loaded_at,
    changed = position.changed, first_hash = position.first_hash
when not matched then insert
    (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_loaded_at, last_loaded_at, changed, first_hash, loader)
    values (position.file, position.loaded_bytes, position.loaded_lines, position.lines_hash, position.disk_bytes, position.modified_at, position.loaded_at,
        position.loaded_at, position.changed, position.first_hash, position.loader);
