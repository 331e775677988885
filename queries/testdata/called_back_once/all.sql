-- ..1 tried on the 5th, twice, on the 7th and on the 9th, each more than 24 h after the last: three episodes, 2 + 1 + 1 tries, the first without a
-- group. Somebody spoke to ..2 on the 7th, so only the 8th counts. The newest data are of the 10th, 10:00:30, the
-- second day after the 8th.
select customer_number, call_group, first_missed_at, last_missed_at, attempts, local_day, round(hours_waiting, 4) as hours_waiting, waiting, waiting_since
from to_call_back('2026-10-01', '2026-10-31');
