-- The caller of Support tried elsewhere, too: 4 times since the 5th, as on the 9th alone, when the last of them was missed.
select 'Support' as of, customer_number, call_group, first_missed_at, last_missed_at, attempts, local_day
from to_call_back('2026-10-01', '2026-10-31', p_group := 'Support')
union all
select '9 October', customer_number, call_group, first_missed_at, last_missed_at, attempts, local_day from to_call_back('2026-10-09', '2026-10-09');
