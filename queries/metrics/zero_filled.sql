-- Whether a metric is 0, and not NULL, where there is nothing to count.
create or replace macro zero_without_calls(p_metric) as list_contains([
    'calls', 'incoming', 'outgoing', 'ivr_only', 'offered', 'answered', 'answered_in', 'missed', 'missed_masked', 'abandoned', 'short_abandoned',
    'connected', 'agent_no_show', 'customer_no_answer', 'unique_customers', 'repeat_customers', 'missed_customers', 'callers_lost',
    'missed_episodes', 'open_episodes', 'recovered_by_callback', 'recovered_by_return', 'unrecovered',
    'rang'], p_metric);

-- Whether a metric is 0 where there are no calls; where there are, it can be unknown.
create or replace macro zero_or_unknown(p_metric) as list_contains([
    'talk_seconds', 'call_seconds', 'coins', 'coins_unanswered', 'coins_failed_agent', 'coins_failed_customer',
    'coins_failed_unknown', 'coins_unanswered_in', 'peak_concurrent', 'busy_seconds'], p_metric);

-- Rows of metrics, some of which may have no calls: counts and sums are 0 there; ratios, means, percentiles and maxima stay NULL.
-- The first select has no rows; it only keeps the order of the columns.
create or replace macro zero_filled(p_rows) as table
(select * from query_table(p_rows) where false)
union all by name
(
    select
        columns(lambda x: not zero_without_calls(x) and not zero_or_unknown(x) and x <> 'missed_out_of_hours'),
        coalesce(columns(lambda x: zero_without_calls(x)), 0),
        coalesce(columns(lambda x: zero_or_unknown(x)), case when calls is null then 0 end),
        coalesce(missed_out_of_hours, case when calls is null and (select has_business_hours from settings) then 0 end) as missed_out_of_hours
    from query_table(p_rows)
);
