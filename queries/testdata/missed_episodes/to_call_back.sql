-- 3 was not reached within the window of the first try, and 1 was not called back after the second; the newest report is that of
-- the call that ended at 16:00 on the 6th: 31 and 29 hours after.
select customer_number, first_missed_at, attempts, hours_waiting from to_call_back('2026-10-05', '2026-10-06');
