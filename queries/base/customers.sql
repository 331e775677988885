-- A customer_key as a number, which takes less time to compare than a text.
create or replace macro customer_number_of(p_customer_key) as try_cast(p_customer_key as bigint);

-- A missed call of a customer opens an episode, unless it is within the recovery window of the one before and nobody spoke to the
-- customer in between. An episode ends with the first later call in which somebody does, within the window of its last missed call.
-- missed_episodes() has them with all that is known about them.
--
-- A row per episode of any rows of calls that have the customer as a number. A call is later than another if it starts later: an answered
-- call that starts at the same time as a missed one does not recover it. A call of unknown direction neither opens nor ends an episode.
create or replace macro episodes_of(p_calls) as table
with
missed as materialized (
    select customer, call_key, source, call_sid, started_at, to_seconds(recovery_window_seconds) as recovery_window
    from query_table(p_calls), (select recovery_window_seconds from settings)
    where direction = 'incoming' and not answered and outcome <> 'ivr_only'
),
answered as materialized (
    select customer, source, direction, call_sid, call_key, started_at
    from query_table(p_calls)
    where answered and direction <> 'unknown'
),
followed as materialized (
    select missed.*, answered.started_at as answered_at
    from missed asof left join answered on missed.customer = answered.customer and missed.started_at < answered.started_at
),
-- Most customers are missed once, or not at all.
several as (select customer from missed group by customer having count(*) > 1),
in_turn as (
    select
        *,
        row_number() over sequence as turn,
        lag(started_at) over sequence as before_at,
        before_at >= started_at - recovery_window and coalesce(lag(answered_at) over sequence > started_at, true) as goes_on,
        lead(started_at) over sequence as next_at,
        next_at <= started_at + recovery_window and coalesce(answered_at > next_at, true) as goes_further
    from followed semi join several using (customer)
    window sequence as (partition by customer order by started_at, source, call_sid)
),
-- The first and the last missed call of each episode, often the same one.
ends as materialized (
    select
        *, not coalesce(goes_on, false) as is_first, not coalesce(goes_further, false) as is_last,
        {turn: turn, missed_at: started_at, answered_at: answered_at} as last
    from in_turn
    where not coalesce(goes_on and goes_further, false)
),
episodes as (
    select customer, call_key, started_at, 1 as attempts, started_at as last_missed_at, answered_at, recovery_window
    from followed anti join several using (customer)
    union all
    select customer, call_key, started_at, last.turn - turn + 1, last.missed_at, last.answered_at, recovery_window
    from (
        select * replace (case when is_last then last else lead(last) over (partition by customer order by turn) end as last)
        from ends
    )
    where is_first
),
-- Of calls that start at the same time the first one by source, direction and CallSid counts.
recovering as (
    select
        answered.customer, answered.started_at,
        arg_min({call_key: call_key, direction: direction}, (source, direction, call_sid)) as call
    from answered semi join episodes on answered.customer = episodes.customer and answered.started_at = episodes.answered_at
    group by answered.customer, answered.started_at
)
select
    episodes.customer, episodes.call_key, episodes.started_at, attempts, last_missed_at,
    case recovering.call.direction when 'outgoing' then 'callback' when 'incoming' then 'return' end as recovery,
    recovered_at,
    recovering.call.call_key as recovering_call
from (
    select *, case when answered_at <= last_missed_at + recovery_window then answered_at end as recovered_at from episodes
) as episodes
left join recovering on recovering.customer = episodes.customer and recovering.started_at = recovered_at;

-- The answered incoming calls that another incoming call of the customer followed within 24 hours, of rows as for episodes_of.
create or replace macro repeated_calls_of(p_calls) as table
select customer, call_key, started_at
from (
    select
        customer, call_key, started_at, answered,
        -- Calls that start at the same time do not follow each other.
        min(started_at) over (partition by customer order by started_at groups between 1 following and 1 following) as next_at
    from query_table(p_calls)
    where direction = 'incoming'
)
where answered and next_at <= started_at + to_hours(24);
