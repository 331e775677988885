-- Ravi took u1, of which nothing but the answer is known. Asha's phone rang for n1 to n6 and l1 to l5 at noon; n1 and n2 are over after 60 s, which
-- covers the others, of 20 s. She picked up n1, n2, l1, l4 and l5.
select agent, calls, answered, rang, round(agent_answer_rate, 4) as agent_answer_rate, talk_seconds, call_seconds, coins, busy_seconds, busy_share
from agents('2026-10-05', '2026-10-05')
order by agent;
