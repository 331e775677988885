-- Missed callers who have not been recovered, over any set of calls: a row each, with how long they have waited until the newest
-- data. Callers whose recovery window is over are included.
create or replace macro waiting_callers(p_rows) as table
select
    *,
    epoch(complete_through() - first_missed_at) / 3600 as hours_waiting
from missed_episodes(p_rows)
where recovery = 'unrecovered';
