-- The recovery window is one hour; the newest report is that of the call at 12:00 on the 6th.
-- 11: missed at 23:50 in Sales and at 00:10 in Support, called back at 00:20: one episode of the 5th and of Sales, 30 minutes.
-- 12: the second try is just within an hour of the first, the third a second later than an hour after the second, so it opens an
--     episode of its own; the return is just within an hour of that one. The first is unrecovered, and was spoken to then.
-- 13: called back a second too late: unrecovered, and spoken to.
-- 14: a failed callback is none. Called back after 20 minutes; missed again and answered 5 minutes later.
-- 15, masked, and a number of zeros: no episodes.
-- 16: missed twice in the same second: one episode of two tries, of the call with the lower CallSid.
-- 17: connected in the same second as missed: that is not later.
-- 18: four tries, each within an hour of the one before: one episode of the 5th.
-- 19 missed an hour and a second before the newest report: unrecovered; 20 exactly an hour before, 21 half an hour: open.
-- 22: answered in a call of which the direction is unknown: neither a callback nor a return, but spoken to.
select right(customer_key, 2) as caller, call_group, strftime(first_missed_at, '%d %X') as first, strftime(last_missed_at, '%d %X') as last,
       attempts, recovery, recovered_by, recovered_group, minutes_to_recover as minutes, strftime(last_spoken_at, '%d %X') as spoken
from missed_episodes(calls)
order by customer_key, first_missed_at;
