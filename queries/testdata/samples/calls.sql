-- Six calls, each delivered twice: four incoming (three answered, one missed without an agent), two outgoing.
-- The CallSid keeps its trailing zero, numbers their leading zero, coins their fraction, names their script.
select call_sid, direction, customer_number, agent_number, agent, call_group, outcome, failed_leg, answered,
       talk_seconds, coins, campaign_id, versions, deliveries
from calls
order by call_sid;
