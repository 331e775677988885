-- What changed: a row per metric, with its value in the earlier period and its usual range (as in summary) and, for up to a week, on the
-- same weekdays a week before; better and worse follow the metric's own direction. Within the usual range, usual_verdict is same. to_goal
-- is negative if the value misses its goal.
with
-- Read twice, which takes less time than a copy of it.
recent as not materialized (
    from period_calls(recent_from($from::date, $to::date, null), $to,
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
stretches as materialized (from stretches_of(recent, $from, $to, $source, null, null)),
peaks as (from stretch_peaks(recent, stretches, $group, $agent, $number, $direction, $campaign, $source, $hours)),
metrics as materialized (from stretch_metrics(recent, stretches, peaks, $metrics)),
figures as (from compared_figures(metrics)),
goals as (select goals_of(goals, $group, $number) as goals, repeats_are_known($to) as repeats_known from settings)
select
    name, label, unit, value, before,
    value - before as change,
    (value - before) / nullif(before, 0) as change_share,
    verdict(good, value, before) as verdict,
    week_before,
    value - week_before as week_change,
    verdict(good, value, week_before) as week_verdict,
    usual_low, usual_high, usual_n,
    usual_verdict(good, format, value, usual_low, usual_high) as usual_verdict,
    goals[name] as goal,
    case when name = 'repeat_24h_rate' and repeats_known is not true then null
         when good = 'higher' then value - goal else goal - value end as to_goal,
    case when to_goal >= 0 then 'met' when to_goal < 0 then 'not met' end as goal_verdict
from metric_catalog join figures using (name), goals
where asks_for($metrics, [name])
order by metric_catalog.rowid;
