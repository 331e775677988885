-- The parts of all_metrics(), with NULL where there are no calls, for queries that have rows to add before zeros are filled in. Metrics
-- of parts that p_asked does not need are NULL. p_customers and p_peaks are what became of callers and the peaks, if they are not those of
-- p_rows as known now.
create or replace macro metric_rows(p_dims, p_rows, p_asked := null, p_customers := null, p_peaks := null) as table
with
customers_now as (from customer_parts(p_dims, p_rows, p_asked)),
peaks_now as (from peak_concurrency(p_dims, p_rows)),
taken as (from transfers(p_dims, p_rows)),
no_peaks as (select null::bigint as peak_concurrent where false),
not_taken as (select null::double as transfer_rate where false),
-- Each part has the dimension columns and some of the metrics.
parts as (
    from kpi(p_dims, p_rows)
    union all by name
    from query_table(coalesce(p_customers, customers_now))
    union all by name
    from query_table(case when asks_for(p_asked, ['peak_concurrent']) then coalesce(p_peaks, peaks_now) else no_peaks end)
    union all by name
    from query_table(case when asks_for(p_asked, ['transfer_rate']) then taken else not_taken end)
)
-- A call that goes on into another hour, day or period has a peak in it, even if no call started there.
select columns(p_dims), max(columns(lambda x: not list_contains(p_dims, x)))
from parts
group by all
having max(calls) is not null or list_has_any(p_dims, ['local_day', 'local_hour', 'weekday', 'everything', 'stretch']);

-- Every metric that calls have, over any set of calls, per combination of the named dimension columns: kpi() and, beside it, what
-- is not an aggregate over calls. For a few columns kpi() or one of the others is faster. Peaks are those of p_running, if they are
-- not of the same calls: running_calls() has the calls in progress in a period. Or they are p_peaks, as period_peaks() has them.
create or replace macro all_metrics(p_dims, p_rows, p_running := null, p_asked := null, p_peaks := null) as table
with
peaks_running as (from peak_concurrency(p_dims, coalesce(p_running, p_rows))),
rows as (from metric_rows(p_dims, p_rows, p_asked, null, coalesce(p_peaks, peaks_running)))
from zero_filled(rows);

-- Every metric in one row, even if there are no calls.
create or replace macro total_of(p_rows, p_running, p_asked := null, p_peaks := null) as table
with
total as (select 'all calls' as everything),
peaks_running as (from peak_concurrency(['everything'], coalesce(p_running, p_rows))),
rows as (
    from total
    left join (from metric_rows(['everything'], p_rows, p_asked, null, coalesce(p_peaks, peaks_running))) using (everything)
)
from zero_filled(rows);

-- Every metric that agents have, from their agent_calls() and legs_by_person(): those of kpi(), rings, busy time and transfers. p_rung are the
-- calls to count rings in, including those in which no report names the agent; an agent whose phone only rang has a row.
create or replace macro leg_metrics(p_dims, p_legs, p_persons, p_rung, p_asked) as table
with
phones as (from query_table(p_legs) union all by name from further_phones(p_legs, p_persons)),
busy as (from busy_time(p_dims, phones)),
taken as (from transfers(p_dims, p_legs)),
not_busy as (select null::bigint as busy_seconds, null::double as busy_share where false),
not_taken as (select null::double as transfer_rate where false),
parts as (
    from kpi(p_dims, p_legs)
    union all by name
    from ring_counts(p_dims, p_rung)
    union all by name
    from query_table(case when asks_for(p_asked, ['busy_seconds', 'busy_share']) then busy else not_busy end)
    union all by name
    from query_table(case when asks_for(p_asked, ['transfer_rate']) then taken else not_taken end)
),
rows as (
    select columns(p_dims), max(columns(lambda x: not list_contains(p_dims, x)))
    from parts
    group by all
),
filled as (from zero_filled(rows))
-- Of a phone that only live events say rang, no times are known.
select * replace (case when calls > 0 or rang = 0 then busy_seconds end as busy_seconds)
from filled;

-- The same from a set of calls.
create or replace macro agent_metrics(p_dims, p_rows, p_rung, p_asked := null) as table
with
persons as (from legs_by_person(p_rows)),
legs as (from agent_calls(p_rows, persons))
from leg_metrics(p_dims, legs, persons, p_rung, p_asked);
