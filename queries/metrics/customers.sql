-- What is counted by customer, per combination of the named dimension columns, over any set of calls: customers who called at least
-- twice, and those who were missed and to whom nobody has spoken since their last missed call there, in any group and direction.
create or replace macro customers(p_dims, p_rows) as table
with
callers as materialized (
    select
        columns(p_dims), customer_key as caller, count(*) as incoming,
        max(started_at) filter (where not answered and outcome <> 'ivr_only') as last_missed_at
    from query_table(p_rows)
    where direction = 'incoming' and customer_key is not null
    group by all
),
spoken as (
    select customer_key as caller, max(started_at) as last_spoken_at
    from calls
    where answered and started_at > (select min(last_missed_at) from callers)
    group by customer_key
)
select
    columns(p_dims),
    count(*) filter (where incoming >= 2) as repeat_customers,
    count(*) filter (where last_missed_at is not null and coalesce(last_spoken_at <= last_missed_at, true)) as callers_lost
from callers left join spoken using (caller)
group by all;
