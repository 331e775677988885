-- How long a caller has waited, in words: minutes up to an hour, hours up to two days, else days, each rounded down.
create or replace macro waiting_words(p_hours) as
    case when p_hours < 1 then format('{} min', greatest(floor(p_hours * 60), 0)::bigint)
         when p_hours < 48 then format('{} h', floor(p_hours)::bigint)
         else format('{} days', floor(p_hours / 24)::bigint) end;

-- The missed callers of any set of calls with whom nobody has spoken since: a row per customer, with how long the customer has waited until the
-- newest data. A customer waits since the first missed call after the last conversation, which can be before these calls: first_missed_at,
-- last_missed_at and attempts are those of all calls. Number and group are those of the customer's first such call in the set.
create or replace macro waiting_callers(p_rows) as table
with
missed as materialized (
    from incoming_calls(['customer_key', 'customer_number', 'call_group', 'virtual_number', 'source', 'call_sid'], p_rows)
    where was_missed and caller is not null
),
conversations as materialized (from last_conversations where customer in (select caller from missed)),
callers as materialized (
    select
        caller as customer, customer_key,
        arg_min_null(columns(['customer_number', 'call_group', 'virtual_number', 'source']), (called_at, source, call_sid))
    from missed left join conversations on customer = caller
    where coalesce(called_at >= last_spoken_at, true)
    group by caller, customer_key
),
-- Each missed call is of an episode.
episodes as (
    select customer, min(started_at) as first_missed_at, max(last_missed_at) as last_missed_at, sum(attempts)::bigint as attempts
    from customer_episodes semi join callers using (customer) left join conversations using (customer)
    where coalesce(last_missed_at >= last_spoken_at, true)
    group by customer
),
clock as materialized (select timezone as zone, complete_through() as through from settings)
select
    callers.* exclude (customer), episodes.* exclude (customer),
    timezone(zone, first_missed_at)::date as local_day,
    (epoch(through) - epoch(first_missed_at)) / 3600 as hours_waiting,
    waiting_words(hours_waiting) as waiting,
    case timezone(zone, through)::date - local_day when 0 then 'today' when 1 then 'yesterday' else 'older' end as waiting_since
from callers join episodes using (customer), clock;
