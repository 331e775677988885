-- Replaces what the syncs of the vendors' directories found new or gone.
merge into vendor_directory
using (
    select
        source, kind, id as entry_id, nullif(name, '') as name, nullif(number, '') as number, nullif(number_id, '') as number_id,
        fetched_at, previous_at, is_listed
    from (
        select unnest(from_json($changes::json, '[{"source": "VARCHAR", "kind": "VARCHAR", "id": "VARCHAR", "name": "VARCHAR",
            "number": "VARCHAR", "number_id": "VARCHAR", "fetched_at": "TIMESTAMPTZ", "previous_at": "TIMESTAMPTZ",
            "is_listed": "BOOLEAN"}]'), recursive := true)
    )
) as changes
on false
when not matched then insert
when not matched by source then delete;
