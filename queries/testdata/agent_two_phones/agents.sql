-- Ashish has two phones. On Monday one rang from 0 to 30 s, and the other from 35 to 340 s: busy for 30 + 305 s of 340. On Tuesday he talked on
-- both, from 10 to 110 s and from 30 to 120 s: 110 s in all, and was busy from 5 to 120 s.
select local_day, calls, answered, rang, talk_seconds, longest_talk_seconds, busy_seconds
from (
    select '2026-10-05'::date as local_day, * from agents('2026-10-05', '2026-10-05')
    union all
    select '2026-10-06'::date as local_day, * from agents('2026-10-06', '2026-10-06')
)
order by local_day;
