-- As groups.sql has them, without the groups that have no missed callers.
select call_group, missed_episodes, open_episodes, recovered_by_callback, recovered_by_return, unrecovered, recovery_rate, median_minutes_to_recover
from recovery(['call_group'], calls) order by call_group;
