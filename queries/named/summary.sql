-- Every metric of the whole period in one row; the same for the earlier period (before_…), and the usual range (usual_low_…, usual_high_…).
-- The earlier period is the same weekday a week before for a day, as many days just before for up to six, the month before for a month,
-- else the same weekdays some whole weeks before. The usual range is that of usual_n comparable periods before: up to four, those with
-- holidays left out.
-- As in other queries by metric, below_goal says whether any figure misses its goal, and …_to_goal how far it is from it: negative if
-- it misses the goal.
with
-- Read twice, which takes less time than a copy of it.
recent as not materialized (
    from period_calls(recent_from($from::date, $to::date, $before_from::date), greatest($to::date, $before_to::date),
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
stretches as materialized (from stretches_of(recent, $from, $to, $source, $before_from, $before_to)),
peaks as (from stretch_peaks(recent, stretches, $group, $agent, $number, $direction, $campaign, $source, $hours)),
metrics as materialized (from stretch_metrics(recent, stretches, peaks)),
rows as (from compared(metrics))
from with_all_goals(rows, $to, $group, $number);
