-- What needs attention, a row per finding, most important first: what it is about, the calls, callers or coins it concerns, and its figures.
-- The thresholds are parameters, as under alerts in a report definition.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
-- Read twice, which takes less time than a copy of it.
recent as not materialized (
    from period_calls(recent_from($from::date, $to::date, null), $to,
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
stretches as materialized (from stretches_of(recent, $from, $to, $source, null, null))
select
    rank, kind, subject, concern, unit, value, goal, usual_low, usual_high, average, below, since, callers, within_window,
    offered, missed, abandoned, no_answer, busy, agents, worst_weekday, worst_hour, worst_offered, worst_missed, worst_agents,
    rang, outgoing, coins, coins_failed_agent, coins_failed_customer, coins_incoming
from findings_of(slice, recent, stretches, $from, $to, $group, $number,
                 coalesce($min_offered::bigint, few_calls()), coalesce($below_points::double, 0.03), coalesce($worse_points::double, 0.03),
                 coalesce($worse_share::double, 0.2), coalesce($waste_share::double, 0.05))
order by rank;
