-- The rows of the run ledger that machines share, in the catalog of the lake (internal/catalog/runs.go).
create or replace temp table ledger_rows as
select unnest(from_json(run, '{
    "report": "VARCHAR", "period": "VARCHAR", "part": "VARCHAR", "recipient": "VARCHAR", "open": "BOOLEAN", "due_at": "TIMESTAMPTZ",
    "started_at": "TIMESTAMPTZ", "finished_at": "TIMESTAMPTZ", "machine": "VARCHAR", "state": "VARCHAR", "file": "VARCHAR", "sha256": "VARCHAR",
    "rows": "BIGINT", "place": "VARCHAR", "attempts": "BIGINT", "error": "VARCHAR"}')), number
from postgres_query('lake_catalog', 'select run::text as run, id as number from callsheet_runs');
