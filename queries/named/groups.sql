-- Every metric per group, busiest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source))
select
    k.*,
    coalesce(columns(r.* exclude (call_group, recovery_rate, median_minutes_to_recover)), 0),
    r.recovery_rate, r.median_minutes_to_recover
from kpi(['call_group'], slice) as k
left join recovery(['call_group'], slice) as r on r.call_group is not distinct from k.call_group
order by offered desc, calls desc, k.call_group;
