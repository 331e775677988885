-- What needs attention, a row per finding, most important first: what it is about, the calls, callers or coins it concerns, and its figures.
-- The thresholds are parameters, as under alerts in a report definition. With staffing_days, the half-hour that lacks people most is a finding,
-- of at least so many days up to the end of the period.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
-- Read twice, which takes less time than a copy of it.
recent as not materialized (
    from period_calls(recent_from($from::date, $to::date, null), $to,
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
stretches as materialized (from stretches_of(recent, $from, $to, $source, null, null)),
staffed as (
    from period_calls(staffed_from($from, $to, $staffing_days) - 1, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
),
lacking as (from half_hour_lacking_people(staffed, staffed_from($from, $to, $staffing_days), $to, $source, $group, $number)),
-- Used instead of lacking without staffing_days, since planning lacking takes a fifth of the time of the whole query.
not_asked as (
    select null::bigint as days, null::tinyint as weekday, null::varchar as half_hour, null::bigint as agents_seen, null::bigint as agents_needed
    where false
),
found as (
    select 1 as part, *
    from findings_of(slice, recent, stretches, $from, $to, $group, $agent, $number,
                     coalesce($min_offered::bigint, few_calls()), coalesce($below_points::double, 0.03), coalesce($worse_points::double, 0.03),
                     coalesce($worse_share::double, 0.2), coalesce($waste_share::double, 0.05))
    union all by name
    select 2 as part, *
    from query_table(case when $staffing_days is null then not_asked else lacking end)
    union all by name
    select 3 as part, *
    from doubtful_calls(slice, $from, $to, $source)
)
select
    row_number() over (order by part, rank) as rank, kind, subject, concern, unit, value, goal, usual_low, usual_high, average, below,
    since, callers, within_window, offered, missed, abandoned, no_answer, busy, agents, worst_weekday, worst_hour, worst_offered,
    worst_missed, worst_agents, rang, outgoing, coins, coins_failed_agent, coins_failed_customer, coins_incoming,
    days, weekday, half_hour, agents_seen, agents_needed,
    rejected_lines, live_without_report, unknown_statuses, flagged_calls, ungrouped_calls
from found
order by rank;
