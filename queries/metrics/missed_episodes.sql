-- The missed episodes that a call of any set of calls opened, without the calls that recovered them; missed_episodes() explains them.
create or replace macro opened_episodes(p_rows) as table
with
missed as materialized (
    from incoming_calls(['customer_key', 'customer_number', 'call_group', 'virtual_number', 'source', 'local_day', 'local_hour', 'weekday',
                         'everything'], p_rows)
    where was_missed
),
opened as materialized (from followed_calls(missed) where recovery is not null)
select opened.*, case when last_spoken_at > last_missed_at then last_spoken_at end as last_spoken_at
from opened
left join (from last_conversations where last_spoken_at > (select min(last_missed_at) from opened)) as conversations on customer = caller;

-- Missed callers and what became of them: a row per episode that a call of any set of calls opened.
--
--   with slice as (from calls where local_day = '2026-10-05')
--   from missed_episodes(slice);
--
-- An episode opens with a missed call of a customer and includes that customer's further missed calls, of any number, group and day,
-- until it closes: by the first later connected outgoing call to the customer (callback) or answered incoming call from them
-- (return) within the recovery window. The window counts from the last missed call of the episode. When it is over, the episode is
-- unrecovered; until then, by the time of the newest data, it is open. Masked numbers open no episode.
--
-- Episodes are those of all calls. One belongs to the set of calls that has the call which opened it, so that a day has the same
-- episodes within a week, and a group the same by itself.
--
-- last_spoken_at is the last call in which somebody spoke to the customer, of any group and direction and however late, if it is later
-- than the last missed call.
create or replace macro missed_episodes(p_rows) as table
with
opened as materialized (from opened_episodes(p_rows)),
recovering as (
    select direction, call_key, agent, call_group
    from calls semi join opened on call_key = recovering_call
    where started_at between (select min(recovered_at) from opened) and (select max(recovered_at) from opened)
)
select
    customer_key, customer_number, opened.call_group, virtual_number, source, local_day, local_hour, weekday,
    called_at as first_missed_at, last_missed_at, attempts, recovery,
    recovered_at, recovering.agent as recovered_by, recovering.call_group as recovered_group,
    minutes_to_recover(called_at, recovered_at) as minutes_to_recover,
    last_spoken_at,
    everything
from opened
left join recovering
    on recovering.call_key = recovering_call and direction = case recovery when 'callback' then 'outgoing' else 'incoming' end;
