-- 7 reports: w1 to w4, w6, w7, w9; a repeated element of one line is one delivery. 2 live events, 4 others, 2 rejects: 15 deliveries of 11 lines.
select reports, live_events, other_events, rejects, (select loaded_lines from spool_files) as lines from loads;
