-- Incoming: the calls of 09:00 talk 3, 6 … 180 s and cost a coin for each 60 s begun. Of the others that were answered and cost something,
-- 1.201 (80 s, 3 coins), 1.203 and 1.204 (41 s, 1.5 coins) do not fit, 1.202, 1.208, 1.209 and 1.302 do: 64 of 67 calls, 0.9552. A pulse of
-- the whole call, 9 s longer, explains less. Outgoing: one answered call proves nothing.
select source, direction, virtual_number, measured, pulse_seconds, coins_per_pulse, agent_coins_per_pulse, charged_calls, calls_explained,
    round(share_explained, 4) as share_explained, is_known
from pulses('2026-10-05', '2026-10-07')
