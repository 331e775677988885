-- Mondays of 20 calls: of Support 9, 9, 10 and 8 of 10 were answered before, so usually 0.8 to 1, in the middle 0.9. Now 6 of 10: of all 50
-- calls 42 were answered (0.84), two standard errors are 2 × √(0.84 × 0.16 × (1/10 + 1/40)) = 0.26, and 0.9 − 0.6 is more. Sales answered 9
-- of 10 as always. Together that is 15 of 20, usually 17 to 19: 0.9 − 0.75 is less than 2 × √(0.87 × 0.13 × (1/20 + 1/80)) = 0.17, so the
-- whole is no finding. Of 5 outgoing calls none was connected, usually 4 of 5: 0.8 is more than 2 × √(0.64 × 0.36 × (1/5 + 1/20)) = 0.48.
--
-- Support missed 4: AbandonedCall and CANCEL hung up, one rang out, one was BUSY; 3 of them between 14:00 and 15:00, when 4 called and only
-- Asha of Asha and Ravi took a call. Kiran took the calls of Sales.
select rank, kind, subject, concern, unit, value, usual_low, usual_high, average, below, offered, missed, abandoned, no_answer, busy, agents,
    worst_weekday, worst_hour, worst_offered, worst_missed, worst_agents
from findings('2026-10-12', '2026-10-12')
where kind in ('change', 'group', 'missed');
