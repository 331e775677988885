-- Any set of calls, each with which of the figures of kpi() it counts in, and the settings that decide it. Texts
-- are compared once for each call, since that takes longer than combining the flags that follow.
create or replace macro classified_calls(p_rows) as table
select
    *,
    is_incoming and not is_ivr_only as is_offered,
    -- A setting leaves calls out of hours out of the rates of offered calls.
    is_offered and (in_business_hours or not exclude_out_of_hours) as is_rated,
    -- Calls of the service level: an answered call whose wait is unknown is not one.
    is_rated and not short_abandon and (not answered or wait_seconds is not null) as is_timed,
    is_incoming and not answered and is_given_up as is_abandoned,
    -- Where neither the status nor leg A says whose leg failed, it is not known to be the agent's.
    is_outgoing and not answered and leg_a_picked_at is null and coalesce(failed_leg = 'agent', leg_a_reported) as is_no_show,
    -- An unanswered call whose coins count is in one of these four.
    not answered and is_charged and is_incoming as is_unanswered_in,
    not answered and is_charged and not is_incoming and failed_leg is not distinct from 'agent' as is_failed_agent,
    not answered and is_charged and not is_incoming and failed_leg is not distinct from 'customer' as is_failed_customer,
    not answered and is_charged and not is_incoming and failed_leg is null as is_failed_unknown
from (
    select
        * replace (coalesce(is_charged, true) as is_charged),
        direction = 'incoming' as is_incoming, direction = 'outgoing' as is_outgoing,
        outcome = 'ivr_only' as is_ivr_only, outcome in ('abandoned', 'cancelled') as is_given_up
    -- Only agent_calls() say whether the coins of a call count.
    from (from query_table(p_rows) union all by name select null::boolean as is_charged where false)
), (select service_level_target_seconds, exclude_out_of_hours, has_business_hours from settings);

-- The sum of the known values of some rows: 0 if there are no such rows, and NULL if all their values are unknown.
create or replace macro sum_where(p_condition, p_value) as
    case when bool_or(p_condition) then sum(case when p_condition then p_value end) else 0 end;

-- Every aggregate over calls, once. A row per combination of the named dimension columns over any set of calls:
--
--   with slice as (from calls where local_day between '2026-10-01' and '2026-10-31')
--   select call_group, offered, answer_rate from kpi(['call_group'], slice);
--
-- Ratios are ratios of sums and NULL when the denominator is 0; durations are seconds. Sums are those of
-- sum_where(). metric_catalog describes every metric. total_of() has all metrics of a set of calls in one row; values_of() has a row per
-- metric.
--
-- count_if() takes a third of the time of count(case …), and its HUGEINT is cast. Other conditions are in CASE: for each FILTER DuckDB would
-- slice the columns of all aggregates.
create or replace macro kpi(p_dims, p_rows) as table
select
    columns(p_dims),

    count(*) as calls,
    count_if(is_incoming)::bigint as incoming,
    count_if(is_outgoing)::bigint as outgoing,
    count_if(is_incoming and is_ivr_only)::bigint as ivr_only,
    ivr_only / nullif(incoming, 0) as ivr_only_rate,
    incoming - ivr_only as offered,
    count_if(answered)::bigint as answered,
    count_if(is_offered and answered)::bigint as answered_in,
    offered - answered_in as missed,
    case when bool_or(has_business_hours) then count_if(is_offered and not answered and not in_business_hours)::bigint end as missed_out_of_hours,
    count_if(is_offered and not answered and customer_key is null)::bigint as missed_masked,
    count_if(is_rated and answered) / nullif(count_if(is_rated), 0) as answer_rate,

    count_if(is_abandoned)::bigint as abandoned,
    count_if(short_abandon)::bigint as short_abandoned,
    count_if(is_rated and is_abandoned) / nullif(count_if(is_rated), 0) as abandon_rate,
    count_if(is_rated and answered) / nullif(count_if(is_rated and not short_abandon), 0) as net_answer_rate,
    count_if(is_rated and not short_abandon and is_abandoned) / nullif(count_if(is_rated and not short_abandon), 0) as net_abandon_rate,
    -- If the wait of all answered calls is unknown, so is the service level.
    case when bool_and(case when is_rated and answered then wait_seconds is null end) then null
         else count_if(is_timed and answered and wait_seconds <= service_level_target_seconds) / nullif(count_if(is_timed), 0) end as service_level,
    avg(case when is_offered and answered then wait_seconds end) as avg_wait_seconds,
    quantile_cont(case when is_offered and answered then wait_seconds end, 0.9) as p90_wait_seconds,
    avg(case when is_offered and answered then ring_seconds end) as avg_ring_seconds,
    quantile_cont(case when is_offered and answered then ring_seconds end, 0.9) as p90_ring_seconds,
    -- An agent's leg of a call that counts for another agent has no versions, and none of the call's own figures.
    avg(case when is_abandoned and versions > 0 then call_seconds end) as avg_abandon_seconds,

    count_if(is_outgoing and answered)::bigint as connected,
    connected / nullif(outgoing, 0) as connect_rate,
    count_if(is_no_show)::bigint as agent_no_show,
    agent_no_show / nullif(outgoing, 0) as agent_no_show_rate,
    outgoing - connected - agent_no_show as customer_no_answer,

    sum_where(answered, talk_seconds)::bigint as talk_seconds,
    avg(case when answered then talk_seconds end) as avg_talk_seconds,
    (quantile_cont(case when answered then talk_seconds end, [0.5, 0.9]))[1] as median_talk_seconds,
    (quantile_cont(case when answered then talk_seconds end, [0.5, 0.9]))[2] as p90_talk_seconds,
    max(case when answered then talk_seconds end) as longest_talk_seconds,
    sum_where(versions > 0, call_seconds)::bigint as call_seconds,

    sum_where(is_charged, coins) as coins,
    sum_where(is_charged and not answered, coins) as coins_unanswered,
    coins_unanswered / nullif(sum(coins), 0) as coins_unanswered_share,
    sum_where(is_failed_agent, coins) as coins_failed_agent,
    sum_where(is_failed_customer, coins) as coins_failed_customer,
    sum_where(is_failed_unknown, coins) as coins_failed_unknown,
    sum_where(is_unanswered_in, coins) as coins_unanswered_in,
    sum_where(is_charged, coins) / nullif(count_if(answered), 0) as coins_per_answered,
    sum_where(is_charged, coins) / (nullif(sum(case when answered then talk_seconds end), 0) / 60) as coins_per_talk_minute,

    count(distinct customer_number_of(customer_key)) as unique_customers
from classified_calls(p_rows)
group by all;
