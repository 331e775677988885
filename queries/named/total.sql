-- Every metric of the whole period in one row; NULL if it is before the first delivery or still to come.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
peaks as (from period_peaks(['everything'], $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from total_of(slice, null, $metrics, peaks) where calls > 0 or has_data($from::date, $to::date, $source)),
rows_with_goals as (from with_all_goals(rows, $to, $group, $number)),
asked as (from asked_columns(['everything'], $metrics, rows, rows_with_goals))
select columns(lambda x: x <> 'everything')
from (select 'all calls' as everything)
left join asked using (everything);
