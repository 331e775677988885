-- Every aggregate over calls, once. A row per combination of the named dimension columns over any set of calls:
--
--   with slice as (from calls where local_day between '2026-10-01' and '2026-10-31')
--   select call_group, offered, answer_rate from kpi(['call_group'], slice);
--
-- Ratios are ratios of sums and NULL when the denominator is 0; durations are seconds.
-- metric_catalog describes every metric. total_of() has all metrics of a set of calls in one row; values_of() has a row per metric.
create or replace macro kpi(p_dims, p_rows) as table
select
    columns(lambda x: list_contains(p_dims, x)),

    count(*) as calls,
    count(*) filter (where direction = 'incoming') as incoming,
    count(*) filter (where direction = 'outgoing') as outgoing,
    count(*) filter (where direction = 'incoming' and outcome = 'ivr_only') as ivr_only,
    incoming - ivr_only as offered,
    count(*) filter (where answered) as answered,
    count(*) filter (where direction = 'incoming' and outcome <> 'ivr_only' and answered) as answered_in,
    offered - answered_in as missed,
    answered_in / nullif(offered, 0) as answer_rate,

    count(*) filter (where direction = 'incoming' and not answered
                     and outcome in ('abandoned', 'cancelled')) as abandoned,
    count(*) filter (where short_abandon) as short_abandoned,
    abandoned / nullif(offered, 0) as abandon_rate,
    -- Answered calls whose wait is unknown do not count; if it is unknown for all of them, so is the service level.
    case when answered_in = 0 or count(wait_seconds) filter (where direction = 'incoming' and answered) > 0 then
        count(*) filter (where direction = 'incoming' and answered
                         and wait_seconds <= (select service_level_target_seconds from settings))
            / nullif(offered - short_abandoned
                     - count(*) filter (where direction = 'incoming' and answered and wait_seconds is null), 0) end as service_level,
    avg(wait_seconds) filter (where direction = 'incoming' and answered) as avg_wait_seconds,
    quantile_cont(wait_seconds, 0.9) filter (where direction = 'incoming' and answered) as p90_wait_seconds,

    count(*) filter (where direction = 'outgoing' and answered) as connected,
    connected / nullif(outgoing, 0) as connect_rate,
    count(*) filter (where direction = 'outgoing' and leg_a_picked_at is null) as agent_no_show,
    agent_no_show / nullif(outgoing, 0) as agent_no_show_rate,
    count(*) filter (where direction = 'outgoing' and leg_a_picked_at is not null
                     and not answered) as customer_no_answer,

    coalesce(sum(talk_seconds) filter (where answered), 0)::bigint as talk_seconds,
    avg(talk_seconds) filter (where answered) as avg_talk_seconds,
    (quantile_cont(talk_seconds, [0.5, 0.9]) filter (where answered))[1] as median_talk_seconds,
    (quantile_cont(talk_seconds, [0.5, 0.9]) filter (where answered))[2] as p90_talk_seconds,
    max(talk_seconds) filter (where answered) as longest_talk_seconds,
    coalesce(sum(call_seconds), 0)::bigint as call_seconds,

    coalesce(sum(coins), 0) as coins,
    coalesce(sum(coins) filter (where not answered), 0) as coins_unanswered,
    coalesce(sum(coins) filter (where not answered and failed_leg = 'agent'), 0) as coins_failed_agent,
    coalesce(sum(coins) filter (where not answered and failed_leg = 'customer'), 0) as coins_failed_customer,
    coalesce(sum(coins), 0) / nullif(count(*) filter (where answered), 0) as coins_per_answered,
    coalesce(sum(coins), 0) / (nullif(sum(talk_seconds) filter (where answered), 0) / 60) as coins_per_talk_minute,

    count(distinct customer_key) as unique_customers
from query_table(p_rows)
group by all;
