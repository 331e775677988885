-- A caller who hung up waited from the first start to the last end, whichever leg the newest report is about: w1 70 s, w2 from 10:10:00 to
-- 10:10:45.
select call_sid, agent, call_seconds, wait_seconds from calls order by call_sid;
