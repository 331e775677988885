-- London's clocks go back from 02:00 to 01:00 at 01:00 UTC. Both calls were transferred. Call 1 began at 00:52:20 UTC by its CallSid, so
-- its legs were before the change: 00:52:20 to 00:58:07 and 00:58:07 to 00:58:26; 366 s, of which 312 + 6 s talk. Call 2 began at
-- 00:50:00; the clock shows 01:05 next after the change, so the legs are 00:50:00 to 01:05:00 and 01:05:00 to 01:10:00; 1200 s, 880 + 290 s talk.
select right(call_sid, 1) as call, started_at, ended_at, call_seconds, talk_seconds, wait_seconds, array_to_string(flags, ' ') as flags
from calls order by call;
