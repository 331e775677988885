-- Makes report_runs what the ledger has (ledger_runs). Rows that have not changed stay: a lake would write them again. (MERGE of DuckLake 1.0 cannot
-- both update and delete.)
delete from report_runs
using (from report_runs except from ledger_runs) as stale
where stale.report = report_runs.report and stale.period = report_runs.period and stale.part = report_runs.part
    and stale.recipient = report_runs.recipient and stale.due_at = report_runs.due_at;

insert into report_runs
from ledger_runs except from report_runs;
