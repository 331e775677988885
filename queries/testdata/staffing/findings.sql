-- The half-hour of Monday 10:00, as in staffing: of the 22 days up to the period's end, or the period if it is longer. On Tuesdays one agent
-- more would have answered less than one call. Without the days it is no finding.
select 'a day' as period, kind, unit, round(concern, 4) as concern, days, weekday, half_hour, agents_seen, agents_needed
from findings('2026-10-26', '2026-10-26', p_staffing_days := 22)
where kind = 'staffing'
union all
select 'all', kind, unit, round(concern, 4), days, weekday, half_hour, agents_seen, agents_needed
from findings('2026-10-05', '2026-10-26', p_staffing_days := 0)
where kind = 'staffing'
union all
select 'not asked', kind, unit, round(concern, 4), days, weekday, half_hour, agents_seen, agents_needed
from findings('2026-10-05', '2026-10-26')
where kind = 'staffing';
