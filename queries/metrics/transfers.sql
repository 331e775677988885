-- The share of answered incoming calls that several agents took, among those of which the agent is known, per combination of the
-- named dimension columns. An agent whom only a live event says to have picked up took the call too.
create or replace macro transfers(p_dims, p_rows) as table
with
answered_calls as (
    from query_table(p_rows)
    where direction = 'incoming' and answered
),
taken as (
    select direction, call_key, count(distinct agent) as agents
    from shared_legs_near(p_rows)
    where answered or picked_at is not null
    group by direction, call_key
)
select
    columns(p_dims),
    count(*) filter (where taken.agents >= 2) / nullif(count(*) filter (where taken.agents > 0 or agent is not null), 0) as transfer_rate
from answered_calls left join taken using (direction, call_key)
group by all;
