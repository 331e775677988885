-- The call is Ashish's, who answered; that Ritu's phone, which rang too, was not answered changes nothing. 49 − 40 s of wait.
select call_sid, agent, call_group, status, answered, strftime(timezone('Asia/Kolkata', started_at), '%H:%M:%S') as started, strftime(timezone('Asia/Kolkata', ended_at), '%H:%M:%S') as ended,
    call_seconds, talk_seconds, wait_seconds, coins, versions, array_to_string(flags, ' ') as flags
from calls;
