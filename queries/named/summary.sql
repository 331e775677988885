-- Every metric of the whole period in one row, and the same for the period compared with (before_…).
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source)),
earlier as (from period_calls($before_from, $before_to, $group, $agent, $number, $direction, $campaign, $source)),
this_row as (
    select t.* from (select 'all calls' as everything) left join (from kpi(['everything'], slice)) t using (everything)
),
earlier_row as (
    select t.* from (select 'all calls' as everything) left join (from kpi(['everything'], earlier)) t using (everything)
),
this_total as (from zero_filled(this_row)),
earlier_total as (from zero_filled(earlier_row))
select t.* exclude (everything), b.*
from this_total t
cross join (select columns(* exclude (everything)) as 'before_\0' from earlier_total) b;
