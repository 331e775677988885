-- A time of receipt that cannot be is the end of the call, 10:01; where that cannot be either, the start, 10:00.
select call_sid, strftime(timezone('Asia/Kolkata', first_received_at), '%Y-%m-%d %H:%M:%S') as received
from calls where call_sid like 'received%' or call_sid = 'bare' order by call_sid;
