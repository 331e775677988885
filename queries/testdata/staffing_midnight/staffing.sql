-- Tuesday 6 October, 00:00: one call. Of the evening before, one agent still talked; the five others had hung up. The week from the 12th has one
-- call; those of Sunday the 11th, 23:40, are before it.
select 'day' as period, weekday, half_hour, offered, missed, agents_seen
from staffing('2026-10-06', '2026-10-06') where offered > 0
union all
select 'two days', weekday, half_hour, offered, missed, agents_seen
from staffing('2026-10-05', '2026-10-06') where offered > 0 and weekday = 2
union all
select 'week', weekday, half_hour, offered, missed, agents_seen
from staffing('2026-10-12', '2026-10-18') where offered > 0;
