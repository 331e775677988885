-- Customers who called at least twice, over any set of calls: a row each.
create or replace macro repeat_callers(p_rows) as table
select
    customer_key,
    count(*) as incoming,
    count(*) filter (where answered) as answered_in,
    case when bool_or(answered) then sum(case when answered then talk_seconds end)::bigint else 0 end as talk_seconds,
    min(started_at) as first_called_at,
    max(started_at) as last_called_at
from query_table(p_rows)
where direction = 'incoming' and customer_key is not null
group by customer_key
having count(*) >= 2;
