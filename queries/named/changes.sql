-- What changed: a row per metric, with its value in the previous period (as in summary) and, for up to a week, on the same weekdays
-- a week before; better and worse follow the metric's own direction.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
earlier as (
    from period_calls(previous_from($from::date, $to::date), previous_to($from::date, $to::date),
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
-- Beyond a week the days of the week before would overlap the period.
week_earlier as (
    from period_calls(case when $to::date - $from::date < 7 then $from::date - 7 end, $to::date - 7,
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
now as (from values_of(slice)),
before as (from values_of(earlier)),
week_before as (from values_of(week_earlier))
select
    name, label, unit, now.value, before.value as before,
    now.value - before.value as change,
    (now.value - before.value) / nullif(before.value, 0) as change_share,
    verdict(good, now.value, before.value) as verdict,
    case when $to::date - $from::date < 7 then week_before.value end as week_before,
    case when $to::date - $from::date < 7 then now.value - week_before.value end as week_change,
    case when $to::date - $from::date < 7 then verdict(good, now.value, week_before.value) end as week_verdict
from metric_catalog
join now using (name)
left join before using (name)
left join week_before using (name)
order by metric_catalog.rowid;
