-- Nobody got hold of 3 within the window of the first try, and nobody called 1 back after the second; the newest report is that of
-- the call that ended at 16:00 on the 6th: 31 and 29 hours after.
select customer_number, first_missed_at, attempts, hours_waiting from to_call_back('2026-10-05', '2026-10-06');
