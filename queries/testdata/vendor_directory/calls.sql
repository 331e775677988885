-- Phone 1 changed hands with the sync of the 7th: Asha until the 6th, also before the first sync, and Esha Rao from the 7th, and so did the
-- group of its number, from Sales to Renewals. The configuration names phone 2 from the 7th on. Phone 3 is that of two agents, and the
-- number ...2 that of two groups, so they have none. A report's own group counts. The directory is that of main, and names no call of another
-- source.
select source, local_day, right(agent_number, 1) as phone, agent_name, agent, right(virtual_number, 1) as number, call_group, group_basis
from calls
order by all
