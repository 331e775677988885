-- As in staffing.sql, but for the goal of Support, 0.9: three agents serve 0.8505 of 1.25 erlangs, four serve 0.9603. A group without
-- calls has no rows.
select half_hour, agents_needed, planned_service_level
from staffing('2026-10-05', '2026-10-26', p_group := 'Support')
where weekday = 1 and agents_needed is not null
union all
select half_hour, agents_needed, planned_service_level from staffing('2026-10-05', '2026-10-26', p_group := 'Nobody');
