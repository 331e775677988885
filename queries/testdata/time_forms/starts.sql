-- Every form of 15:45:02 in India, or what stands there. Unknown are a two-digit year, 5 October as a Tuesday, days and hours that do not
-- exist, a day without a clock, a serial number too short for the second (46300.6563 can be any of eight), and a number that is not near the
-- time of receipt. A call without a readable start starts when it was received, 17:00, and is flagged; a vendor's zero was not sent.
select call_sid, strftime(timezone('Asia/Kolkata', started_at), '%d %H:%M:%S.%g') as started, flags
from calls where call_sid like 't%' order by call_sid;
