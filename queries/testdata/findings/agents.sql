-- Ravi picked up 2 of 10 incoming calls and 1 of 6 outgoing ones, Kiran all 10 and 12, Asha all 10: 3/16, on average 35/48. Two standard
-- errors are 2 × √(38/64 × 26/64 × (1/16 + 1/48)) = 0.28. Ravi did not pick up 5 of 6 outgoing calls, on average 5 of 18; two standard errors
-- are 2 × √(10/24 × 14/24 × (1/6 + 1/18)) = 0.46. The 6 outgoing calls cost 18, and the 2 answered
-- incoming calls 2: 15 of 20. Missed incoming calls are charged to nobody. Nobody called on the four Tuesdays before, so
-- the 8 missed calls are more than usual, which is finding 2.
select rank, kind, subject, concern, unit, value, average, rang, outgoing, coins
from findings('2026-10-13', '2026-10-13')
where kind like 'agent%';
