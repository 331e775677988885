-- 10:15:02Z is 15:45:02 in India; 06:15:03-04:00 a second later; 20:15:03Z is 01:45:03 of the next day.
-- That is after the report was received, so it is flagged.
select call_sid, strftime(timezone('Asia/Kolkata', started_at), '%d %H:%M:%S') as started,
       strftime(timezone('Asia/Kolkata', ended_at), '%d %H:%M:%S') as ended, flags
from calls where call_sid like '179119530_.9600%' or call_sid = '8397500' order by call_sid;
