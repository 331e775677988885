-- Every metric per campaign of outgoing calls, busiest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from kpi(['campaign_id'], slice)
where campaign_id is not null
order by calls desc, campaign_id;
