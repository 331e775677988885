-- The fetched balances that are not stored.
create or replace temp table new_balances as
select source, fetched_at, balance
from (select unnest(from_json($fetched::json, '[{"source": "VARCHAR", "fetched_at": "TIMESTAMPTZ", "balance": "DECIMAL(18,4)"}]'), recursive := true))
anti join balances using (source, fetched_at);
