-- An end that is no time, or more than seven days after the start, is unknown; one before the start is flagged as that.
select call_sid, strftime(timezone('Asia/Kolkata', ended_at), '%Y-%m-%d %H:%M:%S') as ended, call_seconds, flags
from calls where call_sid like 'e%' order by call_sid;
