-- The calls, of any set of calls, that opened a missed episode: the named columns of theirs and, as missed_episodes explains, what
-- became of it. If a call has several rows, all are here.
create or replace macro opening_calls(p_columns, p_rows) as table
with
asked as materialized (
    select
        columns(p_columns),
        call_key as opened_by, customer_key as caller, started_at as first_missed_at,
        to_seconds((select recovery_window_seconds from settings)) as recovery_window
    from query_table(p_rows)
    where direction = 'incoming' and not answered and outcome <> 'ivr_only' and customer_key is not null
),
-- The calls of these customers. What came more than a window before a missed call does not matter to it.
relevant as (
    select call_key, customer_key, started_at, answered, direction, agent, call_group, source, call_sid
    from calls semi join (select caller from asked) on customer_key = caller
    where (answered or direction = 'incoming' and outcome <> 'ivr_only')
      and started_at >= (select min(first_missed_at - recovery_window) from asked)
),
-- A call is later than another if it starts later. Of calls that start at the same time, the answered ones come first, so that they
-- do not recover the missed ones. What last_missed_at is after a call that closes episodes is never within the window.
with_neighbours as (
    select
        *,
        lag(case when not answered then started_at when direction <> 'unknown' then '-infinity' end ignore nulls)
            over sequence as last_missed_at,
        max(case when answered then started_at end)
            over (sequence rows between unbounded preceding and unbounded following) as last_spoken_at
    from relevant
    window sequence as (partition by customer_key order by started_at, not answered, source, direction, call_sid)
),
-- Whether an episode of the customer is open before the call. A call of unknown direction neither opens nor closes one.
with_state as (
    select
        *,
        coalesce(last_missed_at >= started_at - (select max(recovery_window) from asked), false) as in_episode
    from with_neighbours
    where not answered or direction <> 'unknown'
),
numbered as (
    select
        *,
        count(*) filter (where answered or not in_episode)
            over (partition by customer_key order by started_at, not answered, source, direction, call_sid) as episode
    from with_state
),
episodes as (
    select
        customer_key,
        episode - (answered and in_episode)::bigint as episode,
        max(call_key) filter (where not answered and not in_episode) as call_key,
        max(started_at) filter (where not answered) as last_missed_at,
        max(last_spoken_at) as last_spoken_at,
        count(*) filter (where not answered) as attempts,
        max(started_at) filter (where answered) as recovered_at,
        max(direction) filter (where answered) as recovered_direction,
        max(agent) filter (where answered) as recovered_by,
        max(call_group) filter (where answered) as recovered_group
    from numbered
    where not answered or in_episode
    group by all
)
select
    asked.* exclude (opened_by, caller, recovery_window),
    last_missed_at, attempts,
    case when recovered_direction = 'outgoing' then 'callback'
         when recovered_direction = 'incoming' then 'return'
         when last_missed_at + recovery_window < complete_through() then 'unrecovered'
         else 'open' end as recovery,
    recovered_at, recovered_by, recovered_group,
    (epoch(recovered_at) - epoch(first_missed_at)) / 60 as minutes_to_recover,
    case when last_spoken_at > last_missed_at then last_spoken_at end as last_spoken_at
from asked join episodes on episodes.call_key = opened_by;
