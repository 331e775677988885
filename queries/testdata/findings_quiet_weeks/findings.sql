-- On Monday 5 October 6 of 9 calls were missed; on 28 and 21 September 1 of 2, on the 14th and the 7th nobody called. So usually 0 to 1 are
-- missed, with a mean of 0.5: 6 is more by 5, of at least 3, and 5.5 is more than 2 × √0.5. A day without calls has no answer rate: the usual
-- one is that of two Mondays, and that of Sales is unknown, as it had calls on one. changes has the same usual ranges. On Tuesday 29 September,
-- as on the three before it, nobody called: that is no finding, even if few calls are enough for one.
select 'all' as of, 'findings' as query, subject, value, usual_low, usual_high
from findings('2026-10-05', '2026-10-05', p_min_offered := 3) where kind = 'change'
union all
select 'Sales', 'findings', subject, value, usual_low, usual_high
from findings('2026-10-05', '2026-10-05', p_group := 'Sales', p_min_offered := 3) where kind = 'change'
union all
select 'all', 'changes', name, round(value, 4), usual_low, usual_high from changes('2026-10-05', '2026-10-05') where name in ('missed', 'answer_rate')
union all
select 'Sales', 'changes', name, round(value, 4), usual_low, usual_high
from changes('2026-10-05', '2026-10-05', p_group := 'Sales') where name in ('missed', 'answer_rate')
union all
select 'Tuesday', 'findings', subject, value, usual_low, usual_high
from findings('2026-09-29', '2026-09-29', p_min_offered := 0) where kind in ('change', 'no_calls')
order by of, query, subject;
