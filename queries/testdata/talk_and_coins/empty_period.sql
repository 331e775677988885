-- A group without calls: counts are 0, ratios, means and the longest are unknown.
select calls, offered, answer_rate, talk_seconds, avg_talk_seconds, longest_talk_seconds, coins, coins_per_answered
from summary('2026-10-05', '2026-10-05', p_group := 'Nobody');
