-- As in staffing.sql. On Tuesday 15:00 and 15:30 follow each other; 16:30 stands alone. On Monday at 11:00 one agent would not do for
-- 1.25 erlangs, and three serve 0.8505, below the goal of Support, 0.9; four serve 0.9603.
select
    call_group, weekday, from_time, to_time, offered, missed, agents_seen, agents_needed, agents_short,
    round(one_more_answered, 4) as answered
from staffing_gaps('2026-10-05', '2026-10-26');
