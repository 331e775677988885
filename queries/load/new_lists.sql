-- The lists whose rows are staged, by their files.
create or replace temp table new_lists as
select file, source, day::date as day, fetched_at::timestamptz as fetched_at, list, rows, disk_bytes, make_timestamptz(modified_at) as modified_at
from (select unnest(from_json($lists::json, '[{"file": "VARCHAR", "source": "VARCHAR", "day": "VARCHAR", "fetched_at": "VARCHAR",
    "list": "VARCHAR", "rows": "BIGINT", "disk_bytes": "BIGINT", "modified_at": "BIGINT"}]'), recursive := true));
