-- How far a file was read.
merge into spool_files as known
using (
    select $file as file, $bytes::bigint as loaded_bytes, $lines::bigint as loaded_lines, $lines_hash::ubigint as lines_hash,
           $disk_bytes::bigint as disk_bytes, $modified_at::timestamptz as modified_at, $loaded_at::timestamptz as loaded_at
) as fresh
using (file)
when matched then update set
    loaded_bytes = fresh.loaded_bytes, loaded_lines = fresh.loaded_lines, lines_hash = fresh.lines_hash,
    disk_bytes = fresh.disk_bytes, modified_at = fresh.modified_at, last_loaded_at = fresh.loaded_at
when not matched then insert
    (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_loaded_at, last_loaded_at)
    values (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, loaded_at, loaded_at);
