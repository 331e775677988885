-- The parts of all_metrics(), with NULL where there are no calls, for queries that have rows to add before zeros are filled in.
create or replace macro metric_rows(p_dims, p_rows, p_running) as table
with
-- Each part has the dimension columns and some of the metrics.
parts as (
    from kpi(p_dims, p_rows)
    union all by name
    from customer_parts(p_dims, p_rows)
    union all by name
    from peak_concurrency(p_dims, p_running)
    union all by name
    from transfers(p_dims, p_rows)
)
-- A call that goes on into another hour or day has a peak in it, even if no call started there.
select columns(p_dims), max(columns(lambda x: not list_contains(p_dims, x)))
from parts
group by all
having max(calls) is not null or list_has_any(p_dims, ['local_day', 'local_hour', 'weekday']);

-- Every metric that calls have, over any set of calls, per combination of the named dimension columns: kpi() and, beside it, what
-- is not an aggregate over calls. For a few columns kpi() or one of the others is faster. Peaks are those of p_running, if they are
-- not of the same calls: running_calls() has the calls in progress in a period.
create or replace macro all_metrics(p_dims, p_rows, p_running := null) as table
with rows as (from metric_rows(p_dims, p_rows, coalesce(p_running, p_rows)))
from zero_filled(rows);

-- Every metric in one row, even if there are no calls.
create or replace macro total_of(p_rows, p_running) as table
with
total as (select 'all calls' as everything),
rows as (from total left join (from metric_rows(['everything'], p_rows, p_running)) using (everything))
from zero_filled(rows);

-- Every metric that agents have: those of kpi() over the legs of calls, rings, busy time and transfers. p_rung are the calls to count rings
-- in, including those in which no report names the agent; an agent whose phone only rang has a row.
create or replace macro agent_metrics(p_dims, p_rows, p_rung) as table
with
legs as (from agent_calls(p_rows)),
parts as (
    from kpi(p_dims, legs)
    union all by name
    from ring_counts(p_dims, p_rung)
    union all by name
    from busy_time(p_dims, legs)
    union all by name
    from transfers(p_dims, legs)
),
rows as (
    select columns(p_dims), max(columns(lambda x: not list_contains(p_dims, x)))
    from parts
    group by all
)
from zero_filled(rows);
