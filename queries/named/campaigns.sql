-- Every metric per campaign of outgoing calls, busiest first. Campaigns of one call, as click-to-call has, are one row, the last; --set each=true lists each.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (from campaign_metrics(slice, coalesce($each::boolean, false) or $campaign is not null))
from with_goals(rows, $group, $number)
order by campaign_id = single_calls(calls), calls desc, campaign_id;
