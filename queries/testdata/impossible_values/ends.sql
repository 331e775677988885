-- An end that is no time, or more than seven days after the start, is unknown; the end is then 10:00:00 + 60 s. One before the start is
-- kept, and flagged.
select call_sid, strftime(timezone('Asia/Kolkata', ended_at), '%Y-%m-%d %H:%M:%S') as ended, call_seconds, flags
from calls where call_sid like 'e%' order by call_sid;
