-- 9 reports: w1 to w4, w6, w7, w9, w15, w18; a repeated element of one line is one delivery. 3 live events, 4 others, 2 rejects: 18
-- deliveries of 14 lines.
select reports, live_events, other_events, rejects, (select loaded_lines from spool_files) as lines from loads;
