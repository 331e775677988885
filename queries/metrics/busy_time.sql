-- How long agents' phones rang or were talked on, over a set of agent_calls() and further_phones(), per combination of the named dimension
-- columns: the union of the times of an agent's calls on each day, summed. The share is that of the time from the first to the last of an agent's day.
-- It is not occupancy, since there is no login data. An agent of whom no times are known has no row.
create or replace macro busy_time(p_dims, p_rows) as table
with
-- In whole microseconds: a sum of fractions would depend on their order. Numbers are sorted in less time than times and texts.
intervals as (
    select
        columns(p_dims), agent as of_agent, local_day as of_day, hash(agent, local_day, *columns(p_dims)) as scope,
        -- An outgoing call rings the agent first; an incoming one rings the agent on the second leg.
        epoch_us(case when direction = 'outgoing' then started_at
                      else coalesce(leg_b_started_at, leg_b_picked_at, case when talk_seconds > 0 then ended_at - to_seconds(talk_seconds) end) end) as busy_from,
        epoch_us(coalesce(ended_at, started_at + to_seconds(call_seconds))) as busy_to
    from query_table(p_rows)
    where agent is not null and direction in ('incoming', 'outgoing') and phone_rang(outcome)
),
-- The part of each interval that no earlier one of the same agent and day covers.
uncovered as (
    select
        * exclude (scope),
        busy_to - greatest(busy_from, max(busy_to) over (
            partition by scope order by busy_from, busy_to rows between unbounded preceding and 1 preceding)) as microseconds
    from intervals
    where busy_to >= busy_from
),
agent_days as (
    select
        columns(p_dims), of_agent, of_day,
        sum(greatest(microseconds, 0)) as busy,
        max(busy_to) filter (where busy_to > busy_from) - min(busy_from) filter (where busy_to > busy_from) as there
    from uncovered
    group by all
)
select
    columns(p_dims),
    (sum(busy) / 1000000)::bigint as busy_seconds,
    sum(busy) / sum(there) as busy_share
from agent_days
group by all;
