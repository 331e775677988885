-- 8000001: the correction of the 7th is late, its duplicate is none, and the outgoing call of the same id came in time. 8000002: both reports are
-- late. 8000003: its only one is. 8000004: corrected on the same day.
select reports_received, duplicates_removed, versions_superseded, calls, late_reports from evidence('2026-10-05', '2026-10-05');
