-- The day with calls. The day before the first delivery is unknown, and so is the day after the last one.
select local_day, calls, answer_rate, coins from days('2026-10-04', '2026-10-06');
