-- 12 reports came for 6 calls, so 6 were duplicates; five calls had no live event.
select reports_received, duplicates_removed, versions_superseded, late_reports, live_without_report,
       reports_without_live, rejected_lines, unknown_statuses, unknown_keys, flagged_calls, masked_calls, ungrouped_calls
from evidence('2026-10-05', '2026-10-05');
