-- 20 reports, no duplicates. Of 9 calls' 15 legs: s1, s4 and s9 have 2, 2 and 1 superseded versions.
select reports_received, duplicates_removed, versions_superseded from evidence('2026-10-05', '2026-10-05');
