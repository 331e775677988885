-- More than seven days (604800 s) is longer than a call takes; 3.6 is not rounded, 0x10 not read as 16. The talk follows from the
-- times, 10:01:00 − 10:00:20 = 40, and so does the duration, 60.
select call_sid, call_seconds, talk_seconds, flags from calls where call_sid like 'd%' order by call_sid;
