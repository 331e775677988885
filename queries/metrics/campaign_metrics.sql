-- Every metric of kpi() per campaign, over any set of calls. Click-to-call has a campaign for each call: those that have one call in the set
-- are one row, unless p_each.
create or replace macro campaign_metrics(p_rows, p_each) as table
with
rows as (from query_table(p_rows) where campaign_id is not null),
single as (select campaign_id from rows where not p_each group by campaign_id having count(*) = 1),
named as (
    select rows.* replace (case when single.campaign_id is null then rows.campaign_id end as campaign_id)
    from rows left join single on single.campaign_id = rows.campaign_id
)
select * replace (coalesce(campaign_id, single_calls(calls)) as campaign_id)
from kpi(['campaign_id'], named);

create or replace macro single_calls(p_calls) as format('Single calls ({})', p_calls);
