-- How many minutes it took to recover a missed caller.
create or replace macro minutes_to_recover(p_missed_at, p_recovered_at) as (epoch(p_recovered_at) - epoch(p_missed_at)) / 60;

-- The incoming calls of any set of calls, with the named columns of its own, and their callers.
create or replace macro incoming_calls(p_columns, p_rows) as table
select
    columns(p_columns),
    call_key as called, customer_number_of(customer_key) as caller, started_at as called_at,
    answered as was_answered, not answered and outcome <> 'ivr_only' as was_missed
from query_table(p_rows)
where direction = 'incoming';

-- What followed incoming_calls(), a row each. A call with several rows has several here. What followed can be any call, outside the given
-- ones too, so that a day is the same in a week.
--
-- called_again: another incoming call of the customer followed the answered one within 24 hours. recovery: NULL unless the call opened a
-- missed episode; missed_episodes() explains it and what follows it. A load keeps both, in repeated_calls and customer_episodes.
create or replace macro followed_calls(p_incoming) as table
with
-- An agent's leg of a call starts within a day of the call.
span as (select min(called_at) - interval 1 day as begins_at, max(called_at) as ends_at from query_table(p_incoming)),
episodes as (from customer_episodes where started_at between (select begins_at from span) and (select ends_at from span)),
repeated as (from repeated_calls where started_at between (select begins_at from span) and (select ends_at from span)),
ages as (select complete_through() - to_seconds(recovery_window_seconds) as closed_before from settings)
select
    incoming.*,
    was_answered and repeated.call_key is not null as called_again,
    case when episodes.call_key is null or not was_missed then null
         when recovery is not null then recovery
         when last_missed_at < (select closed_before from ages) then 'unrecovered'
         else 'open' end as recovery,
    last_missed_at, attempts, recovered_at, recovering_call
from query_table(p_incoming) as incoming
left join episodes on called = episodes.call_key
left join repeated on called = repeated.call_key;
