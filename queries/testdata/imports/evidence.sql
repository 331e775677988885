-- Only the webhook of i2 was late; imports are not. The newest delivery to the collector was that one too. i3, i4 and i5 come from imports
-- only; the line with an unreadable reported_at is rejected, and counts on the 20th, when it was received. 15 reports:
-- 2 + 2 + 3 + 4 + 2 + 1 + 1; the third of i3 is a duplicate of the first; superseded are 1 of i1, i2, i3 and i5 each, and 3 of i4:
-- 15 - 1 - 7 = 7 calls.
select strftime(timezone('Asia/Kolkata', complete_through), '%m-%d %H:%M') as complete_through, reports_received, duplicates_removed,
    versions_superseded, further_legs, calls, late_reports, imported_calls, rejected_lines,
    (select arrived from data_clock('2026-10-07', '2026-11-01')) as arrived_after
from evidence('2026-10-05', '2026-10-05');
