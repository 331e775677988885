-- The coins of Asha's answered call are not known, and those of an unanswered incoming call count for nobody, so Asha's coins are unknown and
-- not 0. Bela has only such a call: 0. Cila4 and Cila5 missed a call of 3 s that the caller cancelled, a short abandon, whichever report came
-- first; without it there is no call for a net rate.
select agent, calls, answered, coins, coins_unanswered, coins_per_answered, abandoned, short_abandoned, net_abandon_rate
from agents('2026-10-05', '2026-10-05')
order by agent;
