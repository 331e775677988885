-- Asha's phone did not ring, as it rang for another call. When Ravi's began to ring is not known, so neither is for how long it did. Bela talked
-- for the last 50 s.
select agent, rang, busy_seconds, busy_share
from agents('2026-10-05', '2026-10-05')
order by agent;
