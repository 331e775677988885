-- A start that is no time, or more than seven days after the report came, is that of the CallSid: 1791174600 is 10:00 in India.
-- One that was not sent is derived. One years before is as sent; the end, far from it, is unknown then and
-- follows from the duration.
select call_sid, strftime(timezone('Asia/Kolkata', started_at), '%Y-%m-%d %H:%M:%S') as started,
       strftime(timezone('Asia/Kolkata', ended_at), '%Y-%m-%d %H:%M:%S') as ended, flags
from calls where call_sid like '1791174600.%' or call_sid like '9999999999%' order by call_sid;
