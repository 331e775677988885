-- A customer_key as a number, which takes less time to compare than a text.
create or replace macro customer_number_of(p_customer_key) as try_cast(p_customer_key as bigint);

create or replace macro minutes_to_recover(p_missed_at, p_recovered_at) as (epoch(p_recovered_at) - epoch(p_missed_at)) / 60;

-- What followed incoming calls: a row per incoming call of any set of calls, with the named columns of its own. A call with several rows
-- has several here. What followed can be any call, outside the given ones too, so that a day is the same in a week.
--
-- called_again: another incoming call of the customer followed the answered one within 24 hours. recovery: NULL unless the call opened a
-- missed episode; missed_episodes() explains it and what follows it. last_spoken_at: the customer's last answered call, of any group and
-- direction and however late. has_other_calls: the customer has another call, in or after the time of these.
create or replace macro followed_calls(p_columns, p_rows) as table
with
incoming as materialized (
    select
        columns(p_columns),
        call_key as called, customer_number_of(customer_key) as caller, started_at as called_at,
        answered as was_answered, not answered and outcome <> 'ivr_only' as was_missed
    from query_table(p_rows)
    where direction = 'incoming'
),
bounds as (
    select
        to_seconds(recovery_window_seconds) as recovery_window,
        (select min(called_at) from incoming) - recovery_window as begins_at,
        complete_through() as through
    from settings
),
-- The calls of these customers. What came more than a window before does not matter.
relevant as materialized (
    select
        call_key, customer_number_of(customer_key) as customer, started_at, answered, direction, source, call_sid,
        not answered and outcome <> 'ivr_only' as missed
    from calls semi join (select caller from incoming) as callers on customer_number_of(customer_key) = caller
    where (answered or direction = 'incoming') and started_at >= (select begins_at from bounds)
),
-- Most customers have one call, and nothing to compare it with.
several as materialized (
    select customer, bool_or(missed) as has_missed, max(started_at) filter (where answered) as last_spoken_at
    from relevant
    group by customer
    having count(*) > 1
),
several_calls as materialized (select relevant.*, has_missed from relevant join several using (customer)),
-- A call is later than another if it starts later. Of calls that start at the same time, the answered ones come first, so that they
-- do not recover the missed ones.
in_turn as (
    select
        *,
        row_number() over sequence as turn,
        lag(case when missed then started_at end) over sequence >= started_at - recovery_window as goes_on,
        lead(started_at) over sequence as next_at,
        next_at <= started_at + recovery_window as is_followed,
        is_followed and lead(missed) over sequence as goes_further,
        lead(direction) over sequence as next_direction,
        lead(call_key) over sequence as next_call
    from several_calls, (select recovery_window from bounds)
    -- A call of unknown direction neither opens nor closes an episode.
    where has_missed and (missed or answered and direction <> 'unknown')
    window sequence as (partition by customer order by started_at, not answered, source, direction, call_sid)
),
-- The first and the last missed call of each episode, often the same one.
ends as materialized (
    select
        call_key, customer, turn, not coalesce(goes_on, false) as is_first, not coalesce(goes_further, false) as is_last,
        {turn: turn, missed_at: started_at, recovered_at: case when is_followed then next_at end,
         direction: case when is_followed then next_direction end, call_key: case when is_followed then next_call end} as last
    from in_turn
    where missed and not coalesce(goes_on and goes_further, false)
),
episodes as (
    select call_key, 1 as attempts, null as last from relevant anti join several using (customer) where missed
    union all
    select call_key, 1, last from ends where is_first and is_last
    union all
    select call_key, last.turn - turn + 1, last
    from (
        select call_key, is_first, turn, lead(last) over (partition by customer order by turn) as last
        from ends
        where is_first <> is_last
    )
    where is_first
),
repeated as (
    select distinct called as repeated_call
    from (select called, caller, called_at from incoming where was_answered)
    join several_calls on caller = customer and started_at > called_at and started_at <= called_at + to_hours(24)
    where direction = 'incoming'
)
select
    incoming.*,
    was_answered and repeated_call is not null as called_again,
    several.customer is not null as has_other_calls,
    last_spoken_at,
    case when episodes.call_key is null or not was_missed then null
         when last.direction = 'outgoing' then 'callback'
         when last.direction = 'incoming' then 'return'
         when coalesce(last.missed_at, called_at) + recovery_window < through then 'unrecovered'
         else 'open' end as recovery,
    coalesce(last.missed_at, called_at) as last_missed_at,
    attempts,
    last.recovered_at as recovered_at,
    last.call_key as recovering_call
from incoming
cross join (select recovery_window, through from bounds)
left join several on caller = several.customer
left join episodes on called = episodes.call_key
left join repeated on called = repeated_call;
