-- A correction that names neither phone nor agent is of the leg with a status that means the same: Answered (16) as ANSWER, and ANSWER as Won,
-- the source's own word. So Asha and Bela talked 15 s, and nobody else was picked up.
select agent, calls, answered, talk_seconds, transfer_rate
from agents('2026-10-05', '2026-10-05')
order by agent;
