-- The rows of the run ledger in a file. Numbering the lines makes DuckDB read them in one thread, in their order.
create or replace temp table ledger_rows as
select *, row_number() over () as number
from read_json($ledger, format = 'newline_delimited', ignore_errors = true, columns = {
    report: 'VARCHAR', period: 'VARCHAR', part: 'VARCHAR', recipient: 'VARCHAR', open: 'BOOLEAN', due_at: 'TIMESTAMPTZ',
    started_at: 'TIMESTAMPTZ', finished_at: 'TIMESTAMPTZ', machine: 'VARCHAR', state: 'VARCHAR', file: 'VARCHAR', sha256: 'VARCHAR',
    rows: 'BIGINT', place: 'VARCHAR', attempts: 'BIGINT', error: 'VARCHAR'});
