-- 20 reports, no duplicates. Of 9 calls' 15 legs: s1, s4 and s9 have 2, 2 and 1 superseded versions, and the 6 legs beyond
-- the first of each call are not superseded: 20 - 0 - 5 - 6 = 9 calls.
select reports_received, duplicates_removed, versions_superseded, further_legs, calls from evidence('2026-10-05', '2026-10-05');
