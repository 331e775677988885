-- The customers of incoming_calls(), a row each per combination. Those who were not missed only matter for repeat_customers.
create or replace macro callers_of(p_dims, p_incoming, p_asked) as table
select columns(p_dims), caller, count(*) as calls, max(called_at) filter (where was_missed) as last_missed_at
from query_table(p_incoming)
where caller is not null and (was_missed or asks_for(p_asked, ['repeat_customers']))
group by all;

-- The caller if missed: only of these the last conversation matters, and a NULL is not looked up.
create or replace macro missed_caller(p_last_missed_at, p_caller) as case when p_last_missed_at is not null then p_caller end;

-- The metrics of customer_parts() that are about callers, and those that are about what followed.
create or replace macro caller_metrics() as ['repeat_customers', 'missed_customers', 'callers_lost'];
create or replace macro followed_metrics() as
    ['repeat_24h_rate', 'missed_episodes', 'open_episodes', 'recovered_by_callback', 'recovered_by_return', 'unrecovered', 'recovery_rate',
     'median_minutes_to_recover'];

-- The metrics of customer_parts(), of followed_calls() and of their callers_of() with the last conversation.
create or replace macro caller_counts(p_dims, p_followed, p_spoken, p_asked) as table
with
of_callers as (
    select
        columns(p_dims),
        count(*) filter (where calls >= 2) as repeat_customers,
        count(last_missed_at) as missed_customers,
        count(*) filter (where last_missed_at is not null and coalesce(last_spoken_at <= last_missed_at, true)) as callers_lost
    from query_table(p_spoken)
    group by all
),
of_followed as (
    select
        columns(p_dims),
        case when count(caller) filter (where was_answered) > 0
             then count(*) filter (where called_again) / nullif(count(*) filter (where was_answered and called_again is not null), 0) end as repeat_24h_rate,
        count(recovery) as missed_episodes,
        count(*) filter (where recovery = 'open') as open_episodes,
        count(*) filter (where recovery = 'callback') as recovered_by_callback,
        count(*) filter (where recovery = 'return') as recovered_by_return,
        count(*) filter (where recovery = 'unrecovered') as unrecovered,
        (recovered_by_callback + recovered_by_return) / nullif(missed_episodes - open_episodes, 0) as recovery_rate,
        median(minutes_to_recover(called_at, recovered_at)) filter (where recovery is not null) as median_minutes_to_recover
    from query_table(p_followed)
    group by all
),
no_callers as (select null::bigint as repeat_customers, null::bigint as missed_customers, null::bigint as callers_lost where false),
not_followed as (
    select
        null::double as repeat_24h_rate, null::bigint as missed_episodes, null::bigint as open_episodes,
        null::bigint as recovered_by_callback, null::bigint as recovered_by_return, null::bigint as unrecovered,
        null::double as recovery_rate, null::double as median_minutes_to_recover
    where false
)
from query_table(case when asks_for(p_asked, caller_metrics()) then of_callers else no_callers end)
union all by name
from query_table(case when asks_for(p_asked, followed_metrics()) then of_followed else not_followed end);

-- The metrics of what customers did beside a call, per combination of the named dimension columns, over any set of calls.
--
-- repeat_customers called at least twice in these calls, missed_customers were missed at least once. repeat_24h_rate: masked customers are
-- not known to call again; if all are masked, the share is unknown. callers_lost are the missed customers whom nobody has spoken to since
-- their last missed call there, in any group and direction. The others are the aggregates over missed episodes, as kpi() has those over
-- calls: an episode has the dimensions of the call that opened it, and open ones are in none of the rates. customer_parts() has two rows per
-- combination, of parts of these metrics, if they are asked for.
create or replace macro customer_parts(p_dims, p_rows, p_asked := null) as table
with
incoming as materialized (from incoming_calls(p_dims, p_rows)),
followed as (from followed_calls(incoming)),
callers as (from callers_of(p_dims, incoming, p_asked)),
spoken as (
    from callers
    left join (from last_conversations where last_spoken_at > (select min(last_missed_at) from callers)) as conversations
        on customer = missed_caller(last_missed_at, caller)
)
from caller_counts(p_dims, followed, spoken, p_asked);

-- The same in one row per combination.
create or replace macro customers(p_dims, p_rows) as table
select
    columns(p_dims),
    coalesce(max(repeat_customers), 0) as repeat_customers,
    coalesce(max(missed_customers), 0) as missed_customers,
    coalesce(max(callers_lost), 0) as callers_lost,
    max(columns(lambda x: not list_contains(p_dims, x) and x not in ('repeat_customers', 'missed_customers', 'callers_lost')))
from customer_parts(p_dims, p_rows)
group by all;

-- The metrics of missed episodes alone, per combination in which there are some.
create or replace macro recovery(p_dims, p_rows) as table
select
    columns(p_dims),
    missed_episodes, open_episodes, recovered_by_callback, recovered_by_return, unrecovered, recovery_rate, median_minutes_to_recover
from customers(p_dims, p_rows)
where missed_episodes > 0;
