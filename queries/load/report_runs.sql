-- The runs of the scheduler's ledger that are not in the table yet; the ledger only grows.
insert into report_runs by name
select report, period, due_at, started_at, finished_at, state, file, sha256, rows, error
from read_json($ledger, format = 'newline_delimited', ignore_errors = true, columns = {
    report: 'VARCHAR', period: 'VARCHAR', due_at: 'TIMESTAMPTZ', started_at: 'TIMESTAMPTZ', finished_at: 'TIMESTAMPTZ',
    state: 'VARCHAR', file: 'VARCHAR', sha256: 'VARCHAR', rows: 'BIGINT', error: 'VARCHAR'}) as ledger
anti join report_runs using (report, started_at)
where report is not null and due_at is not null;
