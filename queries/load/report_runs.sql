-- The state of each run of the loader's scheduler: the last line of the job ledger for each report, period, part and recipient, and while the period was
-- still open also for each due time. Numbering the lines makes DuckDB read them in one thread, in their order. Runs that the ledger no
-- longer has are deleted.
merge into report_runs
using (
    select report, period, coalesce(part, '') as part, coalesce(recipient, '') as recipient, due_at, started_at, finished_at, state,
        file, sha256, rows, place, attempts, error, getvariable('loader') as loader
    from (
        select *, row_number() over () as line
        from read_json($ledger, format = 'newline_delimited', ignore_errors = true, columns = {
            report: 'VARCHAR', period: 'VARCHAR', part: 'VARCHAR', recipient: 'VARCHAR', open: 'BOOLEAN', due_at: 'TIMESTAMPTZ',
            started_at: 'TIMESTAMPTZ', finished_at: 'TIMESTAMPTZ', state: 'VARCHAR', file: 'VARCHAR', sha256: 'VARCHAR', rows: 'BIGINT',
            place: 'VARCHAR', attempts: 'BIGINT', error: 'VARCHAR'})
    )
    where report is not null and due_at is not null
    qualify row_number() over (
        partition by report, period, part, recipient, case when open then due_at end order by line desc) = 1
) as ledger
on ledger.report = report_runs.report and ledger.period = report_runs.period and ledger.part = report_runs.part
    and ledger.recipient = report_runs.recipient and ledger.due_at = report_runs.due_at
    and report_runs.loader is not distinct from ledger.loader
when matched then update
when not matched then insert
when not matched by source and report_runs.loader is not distinct from getvariable('loader') then delete;
