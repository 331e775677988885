-- Every metric per virtual number, busiest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source))
select
    k.*,
    coalesce(columns(r.* exclude (virtual_number, recovery_rate, median_minutes_to_recover)), 0),
    r.recovery_rate, r.median_minutes_to_recover
from kpi(['virtual_number'], slice) as k
left join recovery(['virtual_number'], slice) as r on r.virtual_number is not distinct from k.virtual_number
order by calls desc, k.virtual_number;
