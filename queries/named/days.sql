-- Every metric per day of the period; a day without calls has zeros, NULL if it is before the first delivery or still to come.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
peaks as (from period_peaks(['local_day'], $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
days as (
    select unnest(generate_series($from::date, $to::date, interval 1 day))::date as local_day
),
known as (
    from days left join (from metric_rows(['local_day'], slice, $metrics, null, peaks)) using (local_day)
    where calls > 0 or has_data(local_day, local_day, $source)
),
rows as (from zero_filled(known)),
filled as (from days left join rows using (local_day)),
rows_with_goals as (from with_all_goals(filled, local_day, $group, $number))
from asked_columns(['local_day'], $metrics, filled, rows_with_goals)
order by local_day;
