-- Numbers compare by their last ten digits; a masked or short one identifies no customer. The directory names a number by
-- the day of the call; a number without a name stands for its agent. Outgoing: SourceNumber is the agent. A short number and an
-- address have a configured group too. Two spellings of one configured number are one: the first group by the alphabet counts.
select call_sid, direction, customer_key, agent_number, agent, call_group, group_basis, campaign_id
from calls order by call_sid;
