-- Mondays are 5 and 12 October: the 19th is a holiday, and of the 26th only the half-hours until the last call ended, at 10:20, are
-- complete. Tuesdays are the 6th, 13th and 20th. All talks last 900 s, half of a half-hour.
-- Monday 10:00: 6 calls in 2 half-hours are 3 × 0.5 = 1.5 erlangs. On the 5th two agents took calls, on the 12th one: lower median 1. One agent
-- is too few for 1.5 erlangs, so 0. Erlang B: B(1) = 1.5 / 2.5 = 0.6, B(2) = 0.9 / 2.9 = 0.310345, B(3) = 0.465517 / 3.465517 = 0.134328,
-- B(4) = 0.201493 / 4.201493 = 0.047957. Erlang C: C(2) = 0.620690 / (2 − 1.5 × 0.689655) = 0.642857, C(4) = 0.191829 / (4 − 1.5 × 0.952043) =
-- 0.074591. Within 20 s: 1 − 0.642857 · exp(−0.5 · 20 / 900) = 0.3642 with two, 0.7709 with three, 1 − 0.074591 · exp(−2.5 / 45) = 0.9294
-- with four, the first above 0.8, as all groups together have no goal. One agent more: 6 × 0.3642 = 2.1855 calls more. 3 of the 6 were answered within 20 s.
-- Monday 10:30: Asha still talked on the 12th, nobody on the 5th: lower median 0. Nothing was offered.
-- Monday 11:00: 5 calls in 2 half-hours are 1.25 erlangs. Who took two of them on the 5th is not known, so that half-hour does not count.
-- Wednesday 10:00: no calls, in three half-hours, but there were some on Mondays.
-- Tuesday 15:00: 5 calls in 3 half-hours are 0.8333 erlangs: C(1) = 0.8333, so 1 − 0.8333 · exp(−0.1667 / 45) = 0.1697 with one.
select
    weekday, half_hour, is_open, half_hours, offered, missed, service_level, avg_talk_seconds, round(traffic, 4) as traffic,
    agents_seen, agents_needed, agents_short, round(expected_service_level, 4) as expected, round(one_more_service_level, 4) as one_more,
    round(one_more_answered, 4) as answered
from staffing('2026-10-05', '2026-10-26')
where offered > 0 or half_hour = '10:30' or half_hour = '10:00' and weekday = 3;
