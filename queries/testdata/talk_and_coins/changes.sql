-- No calls on the 12th; a day is compared with the same weekday a week before, the 5th. Fewer calls answered is worse, fewer missed
-- is better, and where there is no rate there is no verdict. Two days are compared with the two before and, apart from that, with
-- the same weekdays a week before. The month has October before it, and no weekdays.
select 'day' as of, name, value, before, change, round(change_share, 4) as change_share, verdict, week_before
from changes('2026-10-12', '2026-10-12')
where name in ('calls', 'answered', 'missed', 'answer_rate', 'coins')
union all
select 'two days', name, value, before, change, round(change_share, 4), week_verdict, week_before
from changes('2026-10-12', '2026-10-13')
where name in ('answered', 'missed')
union all
select 'month', name, value, before, change, round(change_share, 4), verdict, week_before
from changes('2026-11-01', '2026-11-30')
where name in ('calls', 'coins');
