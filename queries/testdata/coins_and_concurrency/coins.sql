-- Asha: 2 + 1.25 + 3 + 0.5 + 1.5 + 0.75 + 0.5 = 9.5; unanswered 1.5 + 0.75 + 0.5 = 2.75, 2.75 / 9.5; by leg 0.75 agent, 1.5 customer, 0.5
-- unknown, since no report of the cancelled call has a time of leg A. 4 answered: 9.5 / 4; talk 4 × 30 s = 2 minutes: 9.5 / 2. The missed
-- incoming call cost 1, for which no agent is charged.
select call_group, agent, calls, answered, coins, coins_unanswered, round(coins_unanswered_share, 4) as coins_unanswered_share,
       coins_failed_agent, coins_failed_customer, coins_failed_unknown, coins_unanswered_in, coins_per_answered, coins_per_talk_minute
from coins('2026-10-05', '2026-10-05');
