-- Customers who called at least twice, over any set of calls: a row each.
create or replace macro repeat_callers(p_rows) as table
select
    customer_key,
    count(*) as incoming,
    count(*) filter (where answered) as answered_in,
    coalesce(sum(talk_seconds) filter (where answered), 0)::bigint as talk_seconds,
    min(started_at) as first_called_at,
    max(started_at) as last_called_at
from query_table(p_rows)
where direction = 'incoming' and customer_key is not null
group by customer_key
having count(*) >= 2;

-- The number of such customers, per combination of the named dimension columns.
create or replace macro repeats(p_dims, p_rows) as table
select columns(lambda x: list_contains(p_dims, x)), count(*) as repeat_customers
from (
    select columns(lambda x: list_contains(p_dims, x)), customer_key as repeated
    from query_table(p_rows)
    where direction = 'incoming' and customer_key is not null
    group by all
    having count(*) >= 2
)
group by all;
