-- A source of New York with the month first: 3:45:02 PM there is 19:45:02Z, 01:15:02 of the next day in India. There is no 13th month, and
-- IST is India's only in India.
select call_sid, strftime(timezone('Asia/Kolkata', started_at), '%m-%d %H:%M:%S') as started, flags
from calls where source = 'us' order by call_sid;
