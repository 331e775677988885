-- 1: missed twice, the second time in another group; a failed callback is none; called back 30 minutes after the first
--    try, by another group and to another spelling of the number. The miss at 11:00 comes after that and is not called back.
-- 2: called again and was answered after 90 minutes.
-- 3: tried again within 24 hours, and again within 24 hours of that, so these are one episode; it was called back 25 hours after
--    the first try, half an hour after the last.
-- 4 only reached the IVR, 5 is masked: no episodes. 6 is recovered at the last second of the window.
select customer_key, call_group, strftime(first_missed_at, '%d %H:%M') as first, strftime(last_missed_at, '%d %H:%M') as last,
       attempts, recovery, recovered_by, recovered_group, minutes_to_recover
from missed_episodes(calls)
order by customer_key, first_missed_at;
