-- How far the files of a slice were read, all in one statement.
merge into spool_files as known
using (
    select * replace (make_timestamptz(modified_at) as modified_at), $loaded_at::timestamptz as loaded_at
    from (
        select unnest(from_json($positions::json, '[{"file": "VARCHAR", "loaded_bytes": "BIGINT", "loaded_lines": "BIGINT",
            "lines_hash": "UBIGINT", "disk_bytes": "BIGINT", "modified_at": "BIGINT", "changed": "BOOLEAN",
            "first_hash": "UBIGINT"}]'), recursive := true)
    )
) as fresh
using (file)
when matched then update set
    loaded_bytes = fresh.loaded_bytes, loaded_lines = fresh.loaded_lines, lines_hash = fresh.lines_hash,
    disk_bytes = fresh.disk_bytes, modified_at = fresh.modified_at, last_loaded_at = fresh.loaded_at,
    changed = fresh.changed, first_hash = fresh.first_hash
when not matched then insert
    (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_loaded_at, last_loaded_at, changed, first_hash)
    values (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, loaded_at, loaded_at, changed, first_hash);
