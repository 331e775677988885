-- Ringing is not known then; the wait is 60 − 40 s. Of l10, picked up years before the start, the wait is not known.
select call_sid, strftime(timezone('Asia/Kolkata', leg_b_picked_at), '%Y-%m-%d %H:%M:%S') as picked, wait_seconds, ring_seconds, flags
from calls where call_sid like 'l%' order by call_sid;
