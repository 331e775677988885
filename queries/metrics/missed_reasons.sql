-- Why incoming calls were not answered, over any set of calls: a row per reason with every metric of kpi().
create or replace macro missed_reasons_of(p_rows) as table
with unanswered as (
    select *, missed_reason(outcome) as missed_reason
    from query_table(p_rows)
    where direction = 'incoming' and not answered
)
select *, missed / nullif(sum(missed) over (), 0) as missed_share
from kpi(['missed_reason'], unanswered);
