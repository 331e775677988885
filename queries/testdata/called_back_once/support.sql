-- The episode that a call of Support opened.
select customer_number, call_group, first_missed_at, last_missed_at, attempts from to_call_back('2026-10-01', '2026-10-31', p_group := 'Support');
