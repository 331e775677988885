-- Every metric of the whole period in one row, and the same for the period compared with (before_…).
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
earlier as (from period_calls($before_from, $before_to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
whole as (select 'all calls' as everything),
this_row as (select t.* from whole left join (from figures(['everything'], slice)) as t using (everything)),
earlier_row as (select t.* from whole left join (from figures(['everything'], earlier)) as t using (everything))
select t.* exclude (everything), b.*
from zero_filled_figures(this_row) as t
cross join (select columns(* exclude (everything)) as 'before_\0' from zero_filled_figures(earlier_row)) as b;
