-- v1: the first report is received again after the one with other coins, which counts nevertheless; the empty group and the "0" name erase
-- nothing. v2: a live event fills what the report leaves open. The same CallSid in the other
-- direction is another call.
select call_sid, direction, coins, agent, call_group, virtual_number, versions, deliveries,
       strftime(first_received_at, '%H:%M:%S') as first, strftime(last_received_at, '%H:%M:%S') as last, flags
from calls order by call_sid, direction;
