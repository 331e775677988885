-- s1: Asha's, corrected to 45 s; the coins are those of the report without a phone, which has the status of her leg. s2: 10:10:10 to
-- 10:11:40 is 90 s of talk and 100 s of call. s3: cancelled, as the newest leg; 33 s; the coins of the leg that has any. s4: one leg;
-- the newest report counts, and contradicts the others. s5 and s6: phones that only live events name do not change the call.
-- s7: Bina's; from Asha's start to Bina's end, 90 s. s8: 50 + 60 s. s9: one leg, the coins corrected.
select call_sid, agent, outcome, answered, call_seconds, talk_seconds, wait_seconds, coins, versions, recording_url is not null as recorded,
    array_to_string(flags, ' ') as flags
from calls
order by call_sid;
