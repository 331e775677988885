-- Ashish's, who answered first. 60 + 85 s of talk; from the first start, 10:15:02, to the last end, 10:17:45, 163 s. Two reports of two
-- legs, so neither supersedes the other. The vendor repeats the coins of the call, so they are 2.
select call_sid, agent, call_group, status, answered, strftime(timezone('Asia/Kolkata', started_at), '%H:%M:%S') as started, strftime(timezone('Asia/Kolkata', ended_at), '%H:%M:%S') as ended,
    call_seconds, talk_seconds, wait_seconds, coins, versions, array_to_string(flags, ' ') as flags
from calls;
