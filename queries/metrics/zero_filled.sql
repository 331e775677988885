-- Rows of kpi() joined to a calendar or a constant: where there were no calls, what is counted is 0,
-- and what is a ratio, a mean or a longest stays NULL.
create or replace macro zero_filled(p_rows) as table
select * replace (
    coalesce(calls, 0) as calls,
    coalesce(incoming, 0) as incoming,
    coalesce(outgoing, 0) as outgoing,
    coalesce(ivr_only, 0) as ivr_only,
    coalesce(offered, 0) as offered,
    coalesce(answered, 0) as answered,
    coalesce(answered_in, 0) as answered_in,
    coalesce(missed, 0) as missed,
    coalesce(abandoned, 0) as abandoned,
    coalesce(short_abandoned, 0) as short_abandoned,
    coalesce(connected, 0) as connected,
    coalesce(agent_no_show, 0) as agent_no_show,
    coalesce(customer_no_answer, 0) as customer_no_answer,
    coalesce(talk_seconds, 0) as talk_seconds,
    coalesce(call_seconds, 0) as call_seconds,
    coalesce(coins, 0) as coins,
    coalesce(coins_unanswered, 0) as coins_unanswered,
    coalesce(coins_failed_agent, 0) as coins_failed_agent,
    coalesce(coins_failed_customer, 0) as coins_failed_customer,
    coalesce(unique_customers, 0) as unique_customers
)
from query_table(p_rows);

-- The same for rows of figures().
create or replace macro zero_filled_figures(p_rows) as table
select * replace (
    coalesce(repeat_customers, 0) as repeat_customers,
    coalesce(peak_concurrent, 0) as peak_concurrent,
    coalesce(missed_episodes, 0) as missed_episodes,
    coalesce(recovered_by_callback, 0) as recovered_by_callback,
    coalesce(recovered_by_return, 0) as recovered_by_return,
    coalesce(unrecovered, 0) as unrecovered
)
from zero_filled(p_rows);
