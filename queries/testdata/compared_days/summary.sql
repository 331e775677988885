-- The last delivery came on Monday 12 October at 11:30:40, so that day is compared with Mondays until 11:30. On the 5th there were
-- two calls until then (the one at 11:30 is too late), on 21 September none, on the 14th one; the 28th is a holiday; so usually 0 to 2.
-- 5 October is over: before it came the holiday with 3 calls; usually 0 (21st) to 2 (14th), since the 7th is the day of the first
-- delivery. The Monday before the 14th is that day, so nothing is compared. The 19th of October is still to come.
-- A period can be compared with any other that has data, also a later one: 3 of 4 calls were answered on 5 October.
-- The week of the 12th is compared with weeks until Monday 11:30, and two days with the two days before until 11:30 of the first.
select 'running day' as period, calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-10-12', '2026-10-12')
union all
select 'day', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, round(before_answer_rate, 4), usual_low_answer_rate
from summary('2026-10-05', '2026-10-05')
union all
select 'third week', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-09-21', '2026-09-21')
union all
select 'second week', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-09-14', '2026-09-14')
union all
select 'to come', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-10-19', '2026-10-19')
union all
select 'before the first', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-09-06', '2026-09-06')
union all
select 'running week', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-10-12', '2026-10-18')
union all
select 'week', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, round(before_answer_rate, 4), usual_low_answer_rate
from summary('2026-10-05', '2026-10-11')
union all
select 'two days', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-10-12', '2026-10-13')
union all
select 'as asked', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-10-12', '2026-10-12', p_before_from := '2026-09-22', p_before_to := '2026-09-22')
union all
select 'with a later day', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-09-22', '2026-09-22', p_before_from := '2026-10-05', p_before_to := '2026-10-05')
union all
select 'with a day to come', calls, before_calls, usual_low_calls, usual_high_calls, usual_n, before_answer_rate, usual_low_answer_rate
from summary('2026-09-22', '2026-09-22', p_before_from := '2026-10-13', p_before_to := '2026-10-13');
