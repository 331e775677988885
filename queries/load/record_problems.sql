-- Records the current problems of the loader's spool files, and clears those that are gone.
merge into spool_files as stored
using (
    select file, problem, $loaded_at::timestamptz as loaded_at, getvariable('loader') as loader
    from (select unnest(from_json($problems::json, '[{"file": "VARCHAR", "problem": "VARCHAR"}]'), recursive := true))
) as found
on stored.file = found.file and stored.loader is not distinct from found.loader
when matched then update set problem = found.problem
when not matched then insert
    (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_loaded_at, last_loaded_at, problem, changed, loader)
    values (found.file, 0, 0, 0, 0, 'epoch', found.loaded_at, found.loaded_at, found.problem, false, found.loader)
when not matched by source and stored.problem is not null and stored.loader is not distinct from getvariable('loader')
    then update set problem = null;
