-- How calls ended: by direction, outcome and whose leg failed.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select direction, outcome, failed_leg, calls, coins
from kpi(['direction', 'outcome', 'failed_leg'], slice)
order by direction, calls desc, outcome, failed_leg;
