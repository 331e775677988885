-- The 15 answered calls of the day are flagged, since their waits are derived; nothing else is doubtful. It is the last finding.
select kind, unit, concern, rejected_lines, live_without_report, unknown_statuses, flagged_calls, ungrouped_calls,
    rank = max(rank) over () as is_last
from findings('2026-10-12', '2026-10-12')
qualify kind = 'data_quality';
