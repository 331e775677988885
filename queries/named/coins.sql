-- Coins spent, by group and agent: in total, on unanswered calls, and on those by the leg that failed.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    call_group, agent, calls, answered, coins, coins_unanswered, coins_unanswered_share, coins_failed_agent, coins_failed_customer,
    coins_per_answered, coins_per_talk_minute
from kpi(['call_group', 'agent'], slice)
order by coins desc, call_group, agent;
