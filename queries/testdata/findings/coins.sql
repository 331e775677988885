-- 20 incoming calls cost 1 each, 3 that Kiran did not pick up 2 each, 2 that the customer did not 0.5 each: 27. Unanswered: 5 + 6 + 1. Kiran's
-- 9 incoming calls cost 9 and the outgoing ones 7, of which 6 are Kiran's. No group is above the average of 12/27 by 0.03: Sales has 8/17.
select rank, kind, subject, concern, unit, value, average, coins, coins_incoming, coins_failed_customer, coins_failed_agent
from findings('2026-10-12', '2026-10-12')
where unit = 'coins';
