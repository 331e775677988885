-- Missed callers to whom nobody has spoken since, over any set of calls: a row per customer, with how long the customer has waited until the
-- newest data. If the customer waits since several episodes, the first one counts, with the tries of all.
create or replace macro waiting_callers(p_rows) as table
select
    customer_key,
    arg_min_null(columns(['customer_number', 'call_group', 'virtual_number', 'source', 'local_day', 'local_hour', 'weekday']),
                 (called_at, source)),
    min(called_at) as first_missed_at,
    max(last_missed_at) as last_missed_at,
    sum(attempts)::bigint as attempts,
    epoch(complete_through() - min(called_at)) / 3600 as hours_waiting
from opened_episodes(p_rows)
where last_spoken_at is null
group by customer_key;
