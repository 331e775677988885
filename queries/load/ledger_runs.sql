-- The state of each run of the scheduler: the last row of the job ledger for each report, period, part and recipient, and while the period was still open
-- also for each due time.
create or replace temp table ledger_runs as
select report, period, coalesce(part, '') as part, coalesce(recipient, '') as recipient, due_at, started_at, finished_at, state, file, sha256, rows,
    place, attempts, error, machine as loader
from ledger_rows
where report is not null and due_at is not null
qualify row_number() over (
    partition by report, period, part, recipient, case when open then due_at end order by number desc) = 1;
