-- As in the summary: 3 calls after 2, usually 0 to 2. All three were answered, one of two until 11:30 on the 5th; the answer rates
-- of the usual range are those of the 5th (0.5) and of 14 September until 11:30 (1); the 21st had no calls, so none. Two days have
-- no calls in the two days before, and two on the same weekdays a week before. Eight days are compared with the same weekdays two weeks
-- before, until 28 September at 11:30: 1 answered on the 22nd and 2 on the 28th, whose holiday leaves them out of the usual range; before
-- that comes the day of the first delivery. On 21 September nothing was answered, and 1 of 2 the Monday before: fewer answered is worse,
-- fewer missed is better, and where there is no rate there is no verdict.
-- Against the usual range: 3 answered are better than 0 to 1, a rate of 1 is within 0.5 to 1, and calls have no direction.
select 'day' as period, name, value, before, change, verdict, week_before, week_verdict, usual_low, usual_high, usual_n, usual_verdict
from changes('2026-10-12', '2026-10-12')
where name in ('calls', 'answered_in', 'answer_rate')
union all
select 'two days', name, value, before, change, verdict, week_before, week_verdict, usual_low, usual_high, usual_n, usual_verdict
from changes('2026-10-12', '2026-10-13')
where name in ('answered_in', 'answer_rate')
union all
select 'eight days', name, value, before, change, verdict, week_before, week_verdict, usual_low, usual_high, usual_n, usual_verdict
from changes('2026-10-05', '2026-10-12')
where name in ('answered_in')
union all
select 'no calls', name, value, before, change, verdict, week_before, week_verdict, usual_low, usual_high, usual_n, usual_verdict
from changes('2026-09-21', '2026-09-21')
where name in ('answered_in', 'missed', 'answer_rate');
