-- Whether one of some metrics is needed. p_asked are the names of those that the caller needs, with commas between them, or NULL for all.
-- The others are not computed: peaks, and what became of callers, take longer than all of kpi(). The distance from a goal needs its
-- metric, and below_goal all of them.
create or replace macro asks_for(p_asked, p_metrics) as
    p_asked is null or contains(p_asked, 'below_goal') or list_has_any(string_split(replace(p_asked, '_to_goal', ''), ','), p_metrics);

-- The columns of a result that somebody asked for, beside its dimension columns and the counts that rows are ordered by.
create or replace macro asked_columns(p_dims, p_asked, p_rows) as table
select columns(lambda x: list_contains(p_dims, x) or x in ('calls', 'offered', 'answered') or p_asked is null
               or list_contains(string_split(p_asked, ','), x))
from query_table(p_rows);

-- The parts of all_metrics(), with NULL where there are no calls, for queries that have rows to add before zeros are filled in. Metrics
-- of parts that p_asked does not need are NULL. What became of callers is that of p_customers, if it is not as known now.
create or replace macro metric_rows(p_dims, p_rows, p_running, p_asked := null, p_customers := null) as table
with
customers_now as (from customer_parts(p_dims, p_rows, p_asked)),
-- Each part has the dimension columns and some of the metrics.
parts as (
    from kpi(p_dims, p_rows)
    union all by name
    from query_table(coalesce(p_customers, customers_now))
    union all by name
    from peak_concurrency(p_dims, p_running)
    where asks_for(p_asked, ['peak_concurrent'])
    union all by name
    from transfers(p_dims, p_rows)
    where asks_for(p_asked, ['transfer_rate'])
)
-- A call that goes on into another hour or day has a peak in it, even if no call started there.
select columns(p_dims), max(columns(lambda x: not list_contains(p_dims, x)))
from parts
group by all
having max(calls) is not null or list_has_any(p_dims, ['local_day', 'local_hour', 'weekday']);

-- Every metric that calls have, over any set of calls, per combination of the named dimension columns: kpi() and, beside it, what
-- is not an aggregate over calls. For a few columns kpi() or one of the others is faster. Peaks are those of p_running, if they are
-- not of the same calls: running_calls() has the calls in progress in a period.
create or replace macro all_metrics(p_dims, p_rows, p_running := null, p_asked := null) as table
with rows as (from metric_rows(p_dims, p_rows, coalesce(p_running, p_rows), p_asked))
from zero_filled(rows);

-- Every metric in one row, even if there are no calls.
create or replace macro total_of(p_rows, p_running, p_asked := null) as table
with
total as (select 'all calls' as everything),
rows as (from total left join (from metric_rows(['everything'], p_rows, p_running, p_asked)) using (everything))
from zero_filled(rows);

-- Every metric that agents have: those of kpi() over the legs of calls, rings, busy time and transfers. p_rung are the calls to count rings
-- in, including those in which no report names the agent; an agent whose phone only rang has a row.
create or replace macro agent_metrics(p_dims, p_rows, p_rung, p_asked := null) as table
with
legs as (from agent_calls(p_rows)),
parts as (
    from kpi(p_dims, legs)
    union all by name
    from ring_counts(p_dims, p_rung)
    union all by name
    from busy_time(p_dims, legs)
    where asks_for(p_asked, ['busy_seconds', 'busy_share'])
    union all by name
    from transfers(p_dims, legs)
    where asks_for(p_asked, ['transfer_rate'])
),
rows as (
    select columns(p_dims), max(columns(lambda x: not list_contains(p_dims, x)))
    from parts
    group by all
)
from zero_filled(rows);
