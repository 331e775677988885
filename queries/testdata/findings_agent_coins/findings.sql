-- The agent whose missed pick-ups cost most: Asha, 6 × 5 of 100 coins. Of Ravi's 2.5 coins a larger share, 1, was for missed pick-ups.
select kind, subject, concern, value, coins
from findings('2026-10-05', '2026-10-05', p_min_offered := 5)
where kind = 'agent_coins';
