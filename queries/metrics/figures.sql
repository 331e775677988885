-- Every metric at once, over any set of calls, per combination of the named dimension columns: kpi() and, beside it, what is no
-- aggregate over calls. Who wants few columns asks kpi() or one of the others, which is quicker.
create or replace macro figures(p_dims, p_rows) as table
with
whole as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from kpi(p_dims, p_rows)),
repeated as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from repeats(p_dims, p_rows)),
busiest as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from peak_concurrency(p_dims, p_rows)),
recovered as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from recovery(p_dims, p_rows)),
rows as (
    select
        whole.* exclude (scope), repeat_customers, peak_concurrent, missed_episodes, recovered_by_callback, recovered_by_return,
        unrecovered, recovery_rate, median_minutes_to_recover
    from whole
    left join repeated on repeated.scope is not distinct from whole.scope
    left join busiest on busiest.scope is not distinct from whole.scope
    left join recovered on recovered.scope is not distinct from whole.scope
)
from zero_filled_figures(rows);

-- The same in one row, also when there are no calls.
create or replace macro total_of(p_rows) as table
with
whole as (select 'all calls' as everything),
rows as (from whole left join (from figures(['everything'], p_rows)) using (everything))
from zero_filled_figures(rows);

-- The same for agents: with whose phones rang and how long they were busy, and without what belongs to nobody in particular.
-- p_rung are the calls to look for rings in, also those that count for another agent. An agent whose phone only rang is there.
create or replace macro agent_figures(p_dims, p_rows, p_rung) as table
with
whole as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from kpi(p_dims, p_rows)),
rung as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from ring_counts(p_dims, p_rung)),
busy as (select *, row(*columns(lambda x: list_contains(p_dims, x))) as scope from busy_time(p_dims, p_rows)),
everybody as (
    select columns(lambda x: list_contains(p_dims, x)), scope from whole
    union
    select columns(lambda x: list_contains(p_dims, x)), scope from rung
),
counted as (select columns(lambda x: not list_contains(p_dims, x)) from whole),
rows as (
    select everybody.* exclude (scope), counted.* exclude (scope), coalesce(rang, 0) as rang, agent_answer_rate,
        coalesce(busy_seconds, 0) as busy_seconds, busy_share
    from everybody
    left join counted on counted.scope is not distinct from everybody.scope
    left join rung on rung.scope is not distinct from everybody.scope
    left join busy on busy.scope is not distinct from everybody.scope
)
from zero_filled(rows);
