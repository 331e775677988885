-- As in the case rates, but the rates of offered calls leave out a5 and a6, after six: 4 calls, 2 answered, 2 abandoned; without the short
-- one 3, of which 2 were answered, a1 in time, and 1 abandoned. Counts, means and other rates are those of all calls.
select incoming, ivr_only, round(ivr_only_rate, 4) as ivr_only_rate, offered, answered_in, missed, missed_out_of_hours, answer_rate, abandoned,
    short_abandoned, round(abandon_rate, 4) as abandon_rate, round(net_answer_rate, 4) as net_answer_rate,
    round(net_abandon_rate, 4) as net_abandon_rate, round(service_level, 4) as service_level, round(avg_ring_seconds, 4) as avg_ring_seconds,
    round(p90_ring_seconds, 4) as p90_ring_seconds, avg_abandon_seconds, round(repeat_24h_rate, 4) as repeat_24h_rate
from total('2026-10-05', '2026-10-05');
