-- Whether one of some metrics is needed. p_asked are the names of those that the caller needs, with commas between them, or NULL for all.
-- The others are not computed: peaks, and what became of callers, take longer than all of kpi(). The distance from a goal needs its
-- metric, and below_goal all of them. DuckDB plans only the CTEs that are read, and planning one takes as long as running it over a few
-- days, so query_table() reads one of a part and its stand-in without rows.
create or replace macro asks_for(p_asked, p_metrics) as
    p_asked is null or contains(p_asked, 'below_goal') or list_has_any(string_split(replace(p_asked, '_to_goal', ''), ','), p_metrics);

-- The columns of a result that somebody asked for, beside its dimension columns and the counts that rows are ordered by. p_with_goals are the
-- same rows with what depends on goals, if there is such.
create or replace macro asked_columns(p_dims, p_asked, p_rows, p_with_goals := null) as table
select columns(lambda x: list_contains(p_dims, x) or x in ('calls', 'offered', 'answered') or p_asked is null
               or list_contains(string_split(p_asked, ','), x))
from query_table(case when p_asked is null or contains(p_asked, '_goal') then coalesce(p_with_goals, p_rows) else p_rows end);
