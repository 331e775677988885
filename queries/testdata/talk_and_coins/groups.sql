-- Sales: 6 incoming, 1 of them IVR only, so 5 offered; 3 answered; 2 missed, both abandoned or cancelled, one of them
-- shorter than 5 s. Talk 60 + 120 + 10 (derived: 10:20:30 − 10:20:20) = 190, mean 190 / 3, longest 120.
-- Waits of the answered: 10, 30, 20; within 20 s: 2; service level 2 / (5 − 1).
-- Coins 1.5 + 2.25 + 1 + 0.5 + 1 + 0.25 = 6.5; on unanswered 0.5 + 1 + 0.25 = 1.75; per answered 6.5 / 3;
-- per talk minute 6.5 / (190 / 60). Two customers.
-- Support: the talk of a busy call does not count; talk longer than the call counts as reported and is flagged.
select call_group, incoming, ivr_only, offered, answered_in, missed, round(answer_rate, 4) as answer_rate,
       abandoned, short_abandoned, abandon_rate, service_level, avg_wait_seconds, p90_wait_seconds,
       talk_seconds, round(avg_talk_seconds, 4) as avg_talk_seconds, median_talk_seconds, p90_talk_seconds, longest_talk_seconds,
       call_seconds, coins, coins_unanswered, round(coins_per_answered, 4) as coins_per_answered,
       round(coins_per_talk_minute, 4) as coins_per_talk_minute, unique_customers, repeat_customers, peak_concurrent
from groups('2026-10-05', '2026-10-05');
