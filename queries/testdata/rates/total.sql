-- On the 5th 7 incoming, 1 of them IVR only: 1 / 7; 6 offered, 3 answered, 3 missed, one of them, a5, after six. Answered 3 / 6.
-- Two abandoned, after 3 s and 40 s: 2 / 6, mean 21.5 s. Without the short one 5 calls: 3 / 5 answered, 1 / 5 abandoned; a1 and a6 were
-- answered within 20 s: 2 / 5. Ringing 6, 20 and 2 s: 28 / 3, and 6 + 0.8 × (20 − 6). Within 24 hours the customer of a1 calls again with
-- a6, and that of a2 a second before they are over with a8, of another group and day; that of a6 a second after, with a9: 2 / 3.
select incoming, ivr_only, round(ivr_only_rate, 4) as ivr_only_rate, offered, answered_in, missed, missed_out_of_hours, answer_rate, abandoned,
    short_abandoned, round(abandon_rate, 4) as abandon_rate, round(net_answer_rate, 4) as net_answer_rate,
    round(net_abandon_rate, 4) as net_abandon_rate, round(service_level, 4) as service_level, round(avg_ring_seconds, 4) as avg_ring_seconds,
    round(p90_ring_seconds, 4) as p90_ring_seconds, avg_abandon_seconds, round(repeat_24h_rate, 4) as repeat_24h_rate
from total('2026-10-05', '2026-10-05');
