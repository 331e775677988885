-- A day without calls is there, with zeros.
select local_day, calls, answer_rate, coins from days('2026-10-04', '2026-10-06');
