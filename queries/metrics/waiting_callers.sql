-- How long a caller has waited, in words: minutes up to an hour, hours up to two days, else days, each rounded down.
create or replace macro waiting_words(p_hours) as
    case when p_hours < 1 then format('{} min', greatest(floor(p_hours * 60), 0)::bigint)
         when p_hours < 48 then format('{} h', floor(p_hours)::bigint)
         else format('{} days', floor(p_hours / 24)::bigint) end;

-- Missed callers to whom nobody has spoken since, over any set of calls: a row per customer, with how long the customer has waited until the
-- newest data, and since which of its days. If the customer waits since several episodes, the first one counts, with the tries of all.
create or replace macro waiting_callers(p_rows) as table
with waiting as (
    select
        customer_key,
        arg_min_null(columns(['customer_number', 'call_group', 'virtual_number', 'source', 'local_day', 'local_hour', 'weekday']),
                     (called_at, source)),
        min(called_at) as first_missed_at,
        max(last_missed_at) as last_missed_at,
        sum(attempts)::bigint as attempts,
        (epoch(complete_through()) - epoch(min(called_at))) / 3600 as hours_waiting
    from opened_episodes(p_rows)
    where last_spoken_at is null
    group by customer_key
)
select
    *,
    waiting_words(hours_waiting) as waiting,
    case timezone((select timezone from settings), complete_through())::date - local_day
        when 0 then 'today' when 1 then 'yesterday' else 'older' end as waiting_since
from waiting;
