-- India is 4 h 30 min ahead of London in summer, so 04:29:59 in India is a second before midnight in London, and a call
-- belongs wholly to the day it started. An n between day and time is read; without a start the second in the CallSid
-- is it, and a CallSid whose second is not the start is flagged.
select call_sid, started_at, local_day, local_hour, weekday, flags from calls order by started_at;
