-- Every metric of the whole period in one row, and the same for the period compared with (before_…).
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source)),
earlier as (from period_calls($before_from, $before_to, $group, $agent, $number, $direction, $campaign, $source)),
whole as (select 'all calls' as everything),
this_row as (select t.* from whole left join (from kpi(['everything'], slice)) t using (everything)),
earlier_row as (select t.* from whole left join (from kpi(['everything'], earlier)) t using (everything)),
this_total as (
    select
        k.* exclude (everything),
        coalesce(columns(r.* exclude (everything, recovery_rate, median_minutes_to_recover)), 0),
        r.recovery_rate, r.median_minutes_to_recover
    from zero_filled(this_row) as k left join recovery(['everything'], slice) as r on true
),
earlier_total as (
    select
        k.* exclude (everything),
        coalesce(columns(r.* exclude (everything, recovery_rate, median_minutes_to_recover)), 0),
        r.recovery_rate, r.median_minutes_to_recover
    from zero_filled(earlier_row) as k left join recovery(['everything'], earlier) as r on true
)
select t.*, b.*
from this_total t
cross join (select columns(*) as 'before_\0' from earlier_total) b;
