-- Coins spent on unanswered calls, by agent and by the leg that failed. An unanswered incoming call is in the row of no agent.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
charged as (from charged_calls(slice))
select
    agent, calls, answered, coins, coins_unanswered, coins_unanswered_share, coins_failed_agent, coins_failed_customer,
    coins_failed_unknown, coins_unanswered_in
from kpi(['agent'], charged)
order by coins_unanswered desc, coins desc, agent;
