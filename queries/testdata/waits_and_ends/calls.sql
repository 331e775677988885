-- w1: picked 12 s after the start. w2: 49 − 40 = 9 s, derived. w3 has no duration, w4 was picked before its start and w5 talked longer
-- than it lasted, so their waits are unknown. w6 ends 60 s after its start, w7 25 s and w9 30 s; the end of w8 is unknown.
select call_sid, answered, wait_seconds, strftime(timezone('Asia/Kolkata', ended_at), '%H:%M:%S') as ended, array_to_string(flags, ' ') as flags
from calls
where call_group = 'Sales'
order by call_sid;
