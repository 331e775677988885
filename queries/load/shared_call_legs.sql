-- Stores the legs of the calls in which several phones rang or were picked up, by reports or live events.
insert into shared_call_legs by name
with
several_phones as not materialized (select call_key, call_sid from refreshed_calls where has_several_phones),
several_calls as materialized (from calls semi join several_phones using (call_key, call_sid)),
several_live as not materialized (from refreshed_live semi join several_phones using (call_key)),
reported_legs as materialized (
    from ordered_legs(new_legs)
    union all by name
    select *, 1 as leg_order from several_calls anti join shared using (call_key) where agent is not null
),
live_phones as (
    select
        direction, call_key, phone as agent_key,
        arg_min(named_number, (first_received_at, named_number)) as agent_number,
        min(first_received_at) as rang_at,
        min(first_received_at) filter (where is_picked) as picked_at
    from with_phones(several_live, refreshed_directions) as events
    left join refreshed_statuses as statuses on statuses.source = events.source and statuses.status = events.status
    where phone is not null
    group by direction, call_key, phone
),
live_legs as materialized (
    select live_phones.*, several_calls.source, call_sid, started_at, local_day, outcome
    from (from live_phones anti join reported_legs using (direction, call_key, agent_key)) as live_phones
    join several_calls using (direction, call_key)
),
-- A call of which a live event only repeats the report's phone has one leg, which follows from the call.
stored_calls as (
    select direction, call_key from new_legs union select direction, call_key from live_legs
)
select
    legs.* exclude (started_at, local_day, leg_order),
    calls.started_at as call_started_at, calls.local_day, legs.started_at,
    true as is_reported,
    leg_order = 1 as is_first,
    phone_rang(legs.outcome) as rang,
    leg_rang_at(legs.outcome, legs.direction, legs.started_at, legs.leg_b_started_at) as rang_at,
    leg_picked_at(legs.direction, legs.answered, legs.leg_a_picked_at, legs.leg_b_picked_at) as picked_at
from (
    select
        source, direction, call_sid, call_key, local_day, agent_number, agent_key, reported_agent_name, agent_name, agent, answered,
        started_at, ended_at, talk_seconds, status, outcome, failed_leg, ring_seconds, agent_ring_seconds, leg_a_reported, leg_a_picked_at,
        leg_b_started_at, leg_b_picked_at, leg_order
    from reported_legs semi join stored_calls using (direction, call_key)
) as legs
join several_calls as calls using (direction, call_key)
union all by name
select
    source, direction, call_sid, call_key, started_at as call_started_at, local_day, started_at, agent_number, agent_key,
    agent_number as agent,
    false as is_reported, false as is_first, phone_rang(outcome) or picked_at is not null as rang, rang_at, false as answered, picked_at,
    0 as talk_seconds, 'unknown' as outcome
from live_legs;
