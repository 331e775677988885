-- The last delivery came on Tuesday 13 October at 10:00:30, ten hours after the end of Monday the 12th. So the Monday before is seen as
-- it was on Tuesday the 6th at 10:00:30. By then customer 1 had called again; 2 was spoken to at 11:00 and 4 the day after, too late, and
-- both had called less than 24 hours before, so they were open; the window of 3 was over since 09:30. Of four, 1 recovered, 1 not and
-- 2 open: 1 / 2; three waited. On the 12th customer 5 was unrecovered and 6 open: 0 / 1, and both wait. On 28 September nobody called.
-- Who called again within 24 hours is not known after ten. As it is known now, the 5th has 2 recovered and 2 not, and one caller waits.
select 'at equal age' as seen, name, value, before, verdict, usual_low, usual_high, usual_n
from changes('2026-10-12', '2026-10-12')
where name in ('missed_customers', 'missed_episodes', 'open_episodes', 'recovered_by_return', 'unrecovered', 'recovery_rate',
               'median_minutes_to_recover', 'callers_lost', 'repeat_24h_rate')
union all
select 'as known now', name, value, null, null, null, null, null
from changes('2026-10-05', '2026-10-05')
where name in ('open_episodes', 'recovered_by_return', 'unrecovered', 'recovery_rate', 'callers_lost', 'repeat_24h_rate');
