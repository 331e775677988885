-- London's clocks are set back from 02:00 to 01:00 at 01:00Z. The CallSid's second says which 01:30 is meant, and the end and the legs follow,
-- unless they would be before the start: from the first 01:50 to the second 01:10 are 20 minutes, to 02:10 they are 80. A CallSid of another
-- hour decides nothing: the second 01:30 is kept, and flagged.
select call_sid, strftime(timezone('UTC', started_at), '%H:%M') as started, strftime(timezone('UTC', ended_at), '%H:%M') as ended,
       strftime(timezone('UTC', leg_b_picked_at), '%H:%M:%S') as picked, flags
from calls where source = 'london' order by call_sid, started_at;
