-- Support by itself is the whole. Dev took one call on each Monday before, and none now. On Tuesday 6 October nobody called, as on Tuesdays
-- before. The data ends in the running week, on Tuesday at 14:10: 37 of 50 were answered, usually 17 to 19 of 20 until then, and Sales
-- answered 21 of 30. Before the first delivery there is nothing to say. With 10 calls of a group a threshold of 11 leaves it out.
-- No report says when leg B was picked, so the waits of 6 answered calls of Support, and of all 15, are derived, which is flagged.
select 'one group' as of, kind, subject, concern, value, usual_low, usual_high from findings('2026-10-12', '2026-10-12', p_group := 'Support')
union all
select 'no calls', kind, subject, concern, value, usual_low, usual_high from findings('2026-10-12', '2026-10-12', p_agent := 'Dev')
union all
select 'a day without calls', kind, subject, concern, value, usual_low, usual_high from findings('2026-10-06', '2026-10-06')
union all
select 'running week', kind, subject, concern, value, usual_low, usual_high from findings('2026-10-12', '2026-10-18') where kind in ('data_ends', 'group', 'change')
union all
select 'to come', kind, subject, concern, value, usual_low, usual_high from findings('2026-10-19', '2026-10-19')
union all
select 'before the first delivery', kind, subject, concern, value, usual_low, usual_high from findings('2026-09-01', '2026-09-06')
union all
select 'higher thresholds', kind, subject, concern, value, usual_low, usual_high
from findings('2026-10-12', '2026-10-12', p_min_offered := 11, p_waste_share := 0.9);
