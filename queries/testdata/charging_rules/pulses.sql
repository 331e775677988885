-- Outgoing: the agent's leg is 15 s longer than the talk. 600 + i show that 30 s of it cost half a coin: 2, 4 … 40 s are half a coin up to 30 s, then
-- one. 60 of 62 answered calls fit (not 700, and 702, whose agent's leg is unknown), 0.9677. Incoming of main: no rule explains both numbers, and
-- none the third. 01204000001: 60 of 61 calls; 01204000002: 60 of 61. Incoming of second:
-- 60 of 63 calls, 0.9524, but none of the two of 01205000002.
select source, direction, virtual_number, measured, pulse_seconds, coins_per_pulse, agent_coins_per_pulse, charged_calls, calls_explained,
    round(share_explained, 4) as share_explained, is_known
from pulses('2026-10-05', '2026-10-05')
where is_known or source = 'second'
