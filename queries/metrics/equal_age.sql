-- How many callers were called back depends on how long ago they called. So an earlier stretch is looked at as of seen_until, as long after its end
-- as the newest data is after the end of the period. What came later does not count there.
--
-- Whether a customer called again within 24 hours is unknown of a stretch that was seen for a shorter time after its end.
create or replace macro followed_in_stretches(p_incoming, p_stretches) as table
select followed.* replace (
    case when recovery is null or seen_until is null or recovered_at <= seen_until then recovery
         when last_missed_at < seen_until - to_seconds(recovery_window_seconds) then 'unrecovered'
         else 'open' end as recovery,
    case when seen_until is null or recovered_at <= seen_until then recovered_at end as recovered_at,
    case when seen_until is null or seen_until >= ends_at + interval 24 hour then called_again end as called_again)
from followed_calls(p_incoming) as followed
join (select stretch, seen_until, ends_at, recovery_window_seconds from query_table(p_stretches), settings) using (stretch);

-- The customers of these calls with their last conversation until then. last_conversations has the last one of all; where it came later,
-- the calls tell.
create or replace macro spoken_in_stretches(p_incoming, p_stretches, p_asked) as table
with
callers as materialized (
    select callers.*, seen_until, conversations.last_spoken_at
    from callers_of(['stretch'], p_incoming, p_asked) as callers
    join (select stretch, seen_until from query_table(p_stretches)) using (stretch)
    left join last_conversations as conversations on customer = missed_caller(last_missed_at, caller)
),
later as materialized (from callers where last_missed_at is not null and last_spoken_at > seen_until),
-- The days in which they were, since DuckDB reads only these parts of calls for them.
days as (
    select unnest(generate_series(timezone(timezone, min(last_missed_at))::date, timezone(timezone, max(seen_until))::date, interval 1 day))::date as local_day
    from later, settings
    group by timezone
),
talks as (
    select customer_number_of(customer_key) as caller, started_at
    from calls semi join days using (local_day)
    where answered
),
before as (
    select stretch, caller, max(started_at) as spoken_at
    from later join talks using (caller)
    where started_at > last_missed_at and started_at <= seen_until
    group by all
)
select callers.* replace (case when last_spoken_at > seen_until then spoken_at else last_spoken_at end as last_spoken_at)
from callers left join before using (stretch, caller);

create or replace macro customers_in_stretches(p_rows, p_stretches, p_asked) as table
with
incoming as materialized (from incoming_calls(['stretch'], p_rows)),
followed as (from followed_in_stretches(incoming, p_stretches)),
spoken as (from spoken_in_stretches(incoming, p_stretches, p_asked))
from caller_counts(['stretch'], followed, spoken, p_asked);

-- Whether it is known of every answered call up to the end of a day whether its customer called again within 24 hours.
create or replace macro repeats_are_known(p_day) as
    complete_through() >= timezone((select timezone from settings), p_day::date + interval 1 day) + interval 24 hour;
