-- Missed callers and whether they were recovered: a row per episode, over the missed calls of any set of calls.
--
--   with slice as (from calls where local_day = '2026-10-05')
--   from missed_episodes(slice);
--
-- An episode opens with a missed call of a customer and includes that customer's further missed calls until it closes: by the first
-- later connected outgoing call to the customer (callback) or answered incoming call from them (return) within the recovery
-- window, of any number and group; otherwise it ends unrecovered with the window. Masked numbers open no episode. An episode
-- belongs to the group, number and day of the call that opened it.
create or replace macro missed_episodes(p_rows) as table
with recursive
missed as (
    select customer_key, customer_number, call_group, virtual_number, source, started_at, local_day, local_hour, weekday
    from query_table(p_rows)
    where direction = 'incoming' and outcome <> 'ivr_only' and not answered and customer_key is not null
),
-- Missed calls of a customer that start at the same time are one attempt.
attempts as (
    select customer_key, started_at, started_at + to_seconds((select recovery_window_seconds from settings)) as window_end
    from missed
    group by customer_key, started_at
),
spoken as (
    select customer_key, started_at, direction, agent, call_group
    from calls semi join attempts using (customer_key)
    where answered and direction in ('incoming', 'outgoing')
      -- Without any attempts no calls are read.
      and started_at > coalesce((select min(started_at) from attempts), 'infinity')
      and started_at <= (select max(window_end) from attempts)
),
closed as (
    select
        attempts.customer_key, attempts.started_at,
        case when spoken.started_at <= window_end then spoken.started_at end as recovered_at,
        coalesce(recovered_at, window_end) as closes_at,
        case when recovered_at is not null then spoken.direction end as direction,
        case when recovered_at is not null then spoken.agent end as recovered_by,
        case when recovered_at is not null then spoken.call_group end as recovered_group
    from attempts
    asof left join spoken on attempts.customer_key = spoken.customer_key and attempts.started_at < spoken.started_at
),
linked as (
    select closed.*, later.started_at as next_at
    from closed
    asof left join attempts as later
        on closed.customer_key = later.customer_key and closed.closes_at < later.started_at
),
episodes as (
    select linked.*
    from linked semi join (select customer_key, min(started_at) as started_at from attempts group by customer_key) as first_attempt
        using (customer_key, started_at)
    union all
    select linked.*
    from episodes join linked
        on linked.customer_key = episodes.customer_key and linked.started_at = episodes.next_at
)
select
    episodes.customer_key,
    arg_min(missed.customer_number, missed.started_at) as customer_number,
    arg_min(missed.call_group, missed.started_at) filter (where missed.started_at = episodes.started_at) as call_group,
    arg_min(missed.virtual_number, missed.started_at) filter (where missed.started_at = episodes.started_at) as virtual_number,
    arg_min(missed.source, missed.started_at) as source,
    arg_min(missed.local_day, missed.started_at) as local_day,
    arg_min(missed.local_hour, missed.started_at) as local_hour,
    arg_min(missed.weekday, missed.started_at) as weekday,
    episodes.started_at as first_missed_at,
    max(missed.started_at) as last_missed_at,
    count(*) as attempts,
    case any_value(episodes.direction) when 'outgoing' then 'callback' when 'incoming' then 'return' else 'unrecovered' end as recovery,
    any_value(episodes.recovered_at) as recovered_at,
    any_value(episodes.recovered_by) as recovered_by,
    any_value(episodes.recovered_group) as recovered_group,
    any_value(epoch(episodes.recovered_at) - epoch(episodes.started_at)) / 60 as minutes_to_recover,
    'all calls' as everything
from missed
join episodes on missed.customer_key = episodes.customer_key and missed.started_at >= episodes.started_at
    and (episodes.next_at is null or missed.started_at < episodes.next_at)
group by episodes.customer_key, episodes.started_at;
