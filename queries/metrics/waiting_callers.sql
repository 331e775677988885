-- Missed callers to whom nobody has spoken since, over any set of calls: a row per episode, with how long they have waited until the
-- newest data.
create or replace macro waiting_callers(p_rows) as table
select
    *,
    epoch(complete_through() - first_missed_at) / 3600 as hours_waiting
from missed_episodes(p_rows)
where last_spoken_at is null;
