-- 326 and 314 s, or 327 between the times, 10:15:01 and 10:20:28. A fraction is not rounded away: 326.6 and 0.00377 are unknown. A
-- duration is then derived from the times, and the talk stays unknown; only a clock says that .480 is part of a second. 1.33E+03 has
-- lost a digit. More than a minute from the times is flagged: 388 differs by 61 s, 387 by 60.
select call_sid, call_seconds, talk_seconds, flags from calls where call_sid not like 'c%' order by call_sid;
