-- Sales: 4 offered, 3 answered, 1 missed: 3 / 4; talk 3 × 40; coins 4 × 1.
-- Support: two outgoing calls, none offered, so no answer rate; 1 of 2 connected; coins 1.5 + 1.
select call_group, calls, offered, answered_in, missed, answer_rate, connected, connect_rate,
       talk_seconds, avg_talk_seconds, longest_talk_seconds, coins, coins_unanswered, unique_customers
from groups('2026-10-05', '2026-10-05');
