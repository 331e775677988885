-- How long a caller has waited, in words: minutes up to an hour, hours up to two days, else days, each rounded down.
create or replace macro waiting_words(p_hours) as
    case when p_hours < 1 then format('{} min', greatest(floor(p_hours * 60), 0)::bigint)
         when p_hours < 48 then format('{} h', floor(p_hours)::bigint)
         else format('{} days', floor(p_hours / 24)::bigint) end;

-- Missed callers of any set of calls to whom nobody has spoken since they were missed there: a row per customer, with how long the customer has
-- waited until the newest data, and since which of its days. That is since the first missed call after anybody last spoke to the customer, of
-- all calls: somebody who calls every day waits since the first of them. Number and group are those of the first such call of the set.
create or replace macro waiting_callers(p_rows) as table
with
missed as materialized (
    from incoming_calls(['customer_key', 'customer_number', 'call_group', 'virtual_number', 'source', 'call_sid'], p_rows)
    where was_missed and caller is not null
),
conversations as materialized (
    from last_conversations
    where last_spoken_at >= (select coalesce(min(called_at), 'infinity') from missed) and customer in (select caller from missed)
),
callers as materialized (
    select
        caller, customer_key,
        arg_min_null(columns(['customer_number', 'call_group', 'virtual_number', 'source']), (called_at, source, call_sid)),
        min(called_at) as first_called_at, max(called_at) as last_called_at
    from missed left join conversations on customer = caller
    where coalesce(called_at >= last_spoken_at, true)
    group by caller, customer_key
),
-- The episodes of these callers since somebody last spoke to them, also those that opened before.
spoken as materialized (from last_conversations where customer in (select caller from callers)),
episodes as (
    select customer, min(started_at) as opened_at, max(last_missed_at) as last_missed_at, sum(attempts)::bigint as attempts
    from customer_episodes left join spoken using (customer)
    where customer in (select caller from callers) and coalesce(last_missed_at >= last_spoken_at, true)
    group by customer
),
waiting as (
    select
        callers.* exclude (caller, first_called_at, last_called_at),
        coalesce(opened_at, first_called_at) as first_missed_at,
        coalesce(last_missed_at, last_called_at) as last_missed_at,
        coalesce(attempts, 1) as attempts
    from callers left join episodes on customer = caller
),
clock as materialized (select timezone as zone, complete_through() as through from settings)
select
    waiting.*,
    timezone(zone, first_missed_at)::date as local_day,
    (epoch(through) - epoch(first_missed_at)) / 3600 as hours_waiting,
    waiting_words(hours_waiting) as waiting,
    case timezone(zone, through)::date - local_day when 0 then 'today' when 1 then 'yesterday' else 'older' end as waiting_since
from waiting, clock;
