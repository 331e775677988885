-- 2 + 1.25 + 3 + 1 + 0.5 + 1.5 + 0.75 = 10; unanswered 1 + 1.5 + 0.75 = 3.25, 3.25 / 10; by leg 0.75 agent, 1.5 customer; the missed
-- incoming call names no leg. 4 answered: 10 / 4; talk 4 × 30 s = 2 minutes: 10 / 2.
select call_group, agent, calls, answered, coins, coins_unanswered, coins_unanswered_share, coins_failed_agent, coins_failed_customer,
       coins_per_answered, coins_per_talk_minute
from coins('2026-10-05', '2026-10-05');
