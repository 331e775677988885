-- Every metric per day of the period; a day without calls has zeros.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
days as (
    select unnest(generate_series($from::date, $to::date, interval 1 day))::date as local_day
),
rows as (
    from days left join (from all_metrics(['local_day'], slice, running)) using (local_day)
)
from zero_filled(rows)
order by local_day;
