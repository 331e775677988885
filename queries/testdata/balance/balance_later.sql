-- Counted from another time: from 1 November, 5 days are left, and after the day none.
select source, days_left, (from (select days_left from balance(p_source := 'main', p_now := '2026-11-09 10:00:00+05:30'))) as after
from balance(p_source := 'main', p_now := '2026-11-01 00:30:00+05:30')
