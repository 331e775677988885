-- 1 was not called back after the third try, at 11:00; the newest report is that of the call that ended at 16:00 on the 6th, 29 hours
-- after, on the next day.
select customer_number, first_missed_at, attempts, hours_waiting, waiting, waiting_since from to_call_back('2026-10-05', '2026-10-06');
