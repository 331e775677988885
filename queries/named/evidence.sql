-- Data quality of the period: how deliveries become calls, and late, missing and unreadable ones.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    complete_through, last_delivery_at, reports_received, duplicates_removed, versions_superseded, further_legs, calls,
    late_reports, imported_calls, live_without_report, reports_without_live, rejected_lines, files_with_problems,
    unknown_statuses, unknown_keys, flagged_calls, masked_calls, ungrouped_calls
from evidence_of(slice, $from, $to, $source);
