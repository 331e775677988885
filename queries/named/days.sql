-- Every metric per day of the period; a day without calls is there with zeros.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source)),
days as (
    select unnest(generate_series($from::date, $to::date, interval 1 day))::date as local_day
),
rows as (
    from days left join (from kpi(['local_day'], slice)) using (local_day)
)
select
    k.*,
    coalesce(columns(r.* exclude (local_day, recovery_rate, median_minutes_to_recover)), 0),
    r.recovery_rate, r.median_minutes_to_recover
from zero_filled(rows) as k
left join recovery(['local_day'], slice) as r on r.local_day = k.local_day
order by k.local_day;
