-- Nothing on the 6th; the 5th is the day before it. Fewer calls answered is worse, fewer missed is better, and where there is
-- no rate there is no verdict. The month has October beside September, and no weekdays.
select 'day' as of, name, value, before, change, round(change_share, 4) as change_share, verdict, week_before
from changes('2026-10-06', '2026-10-06')
where name in ('calls', 'answered', 'missed', 'answer_rate', 'coins')
union all
select 'a week later', name, value, before, change, round(change_share, 4), week_verdict, week_before
from changes('2026-10-12', '2026-10-12')
where name in ('answered', 'missed')
union all
select 'month', name, value, before, change, round(change_share, 4), verdict, week_before
from changes('2026-11-01', '2026-11-30')
where name in ('calls', 'coins');
