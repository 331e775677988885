-- No calls: counts are 0, ratios, means and the longest are unknown; the period before has the eight calls.
select calls, offered, answer_rate, talk_seconds, avg_talk_seconds, longest_talk_seconds, coins, coins_per_answered, before_calls
from summary('2026-10-06', '2026-10-06', p_before_from := '2026-10-05', p_before_to := '2026-10-05');
