-- October is not over: the last delivery came on the 31st at 10:00. It is compared with September until its end, and with August
-- until the 31st at 10:00, without the call at 15:00: 3; July 1, June 3. September is over: August 4, July 1, June 3, May 2. May
-- begins after the first delivery on 20 April, and April does not: July has May and June, June only May, and May none. October can be compared
-- with August, which stays one of its usual months.
select 'October' as month, calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-10-01', '2026-10-31')
union all
select 'October with August', calls, before_calls, usual_low_calls, usual_high_calls, usual_n
from summary('2026-10-01', '2026-10-31', p_before_from := '2026-08-01', p_before_to := '2026-08-31')
union all
select 'September', calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-09-01', '2026-09-30')
union all
select 'July', calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-07-01', '2026-07-31')
union all
select 'June', calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-06-01', '2026-06-30')
union all
select 'May', calls, before_calls, usual_low_calls, usual_high_calls, usual_n from summary('2026-05-01', '2026-05-31');
