-- The share of calls to be answered within the target wait that agents are planned for: the goal of the group or number, else 80 %.
create or replace macro planned_service_level(p_scopes, p_group, p_number) as
    coalesce(goals_of(p_scopes, p_group, p_number)['service_level'], 0.8);

-- When agents were on answered incoming calls, over any set of calls: a row per agent, call and half-hour of the period in which they talked,
-- with the named dimension columns. A call that several agents took has a row for each; the agent is NULL if it is not known.
create or replace macro agent_talks(p_dims, p_rows, p_begins_at) as table
with
rows as (from query_table(p_rows) where direction = 'incoming'),
near as (from shared_legs_near(p_rows)),
talks as (
    select columns(p_dims), agent, talk_seconds, talk_began_at(leg_b_picked_at, ended_at, talk_seconds, started_at) as talks_from
    from rows anti join (select distinct direction, call_key from near) using (direction, call_key)
    where answered
    union all
    select columns(p_dims), leg.agent, leg.talk_seconds, talk_began_at(leg.picked_at, leg.ended_at, leg.talk_seconds, leg.started_at)
    from (
        select rows.*, legs as leg
        from rows join near as legs using (direction, call_key)
        where legs.answered or legs.picked_at is not null
    )
),
spans as (
    select columns(p_dims), agent, epoch_us(talks_from) - epoch_us(p_begins_at) as from_us, greatest(talk_seconds, 1) * 1000000 as talk_us
    from talks
)
select columns(p_dims), agent, unnest(range(half_hour_after(from_us), half_hour_after(from_us + talk_us - 1) + 1)) as slot
from spans;

-- How many agents took incoming calls, and how many are needed: a row per combination of the named dimension columns, weekday and half-hour
-- of the day, over a set of calls. The calls are those of the period from p_from to p_to, and of the day before for calls that go on
-- after midnight. Only complete half-hours count, and holidays do not. A half-hour in which calls came on one weekday has a row for each.
--
-- The traffic is the calls offered in a half-hour × the average talk of all calls of the combination, which few calls change less than that
-- of the half-hour alone. agents_seen is the median over the days, rounded down. Figures that rest on fewer than five calls are NULL, and those of
-- closed half-hours. one_more_answered is how many more calls would have been answered within the target wait, in all half-hours
-- together; NULL if even one agent more would not be enough for the traffic, since then Erlang C does not say.
create or replace macro staffing_of(p_dims, p_rows, p_from, p_to, p_source, p_of_group, p_of_number) as table
with
begins as (select timezone(timezone, p_from::date::timestamp) as begins_at, service_level_target_seconds as target, goals as scopes from settings),
slots as (from complete_half_hours(p_from, p_to, p_source) where not is_holiday),
slot_counts as (select weekday, half_hour, bool_or(is_open) as is_open, count(*) as half_hours from slots group by all),
rows as (from query_table(p_rows)),
arrivals as (
    select rows.*, half_hour
    from (select *, half_hour_slot(started_at, (select begins_at from begins)) as slot from rows where direction = 'incoming') as rows
    join slots using (slot)
),
talks as (from agent_talks(p_dims, rows, (select begins_at from begins))),
present as (
    select columns(p_dims), slots.weekday, half_hour, slot, count(distinct agent) as agents, bool_or(agent is null) as is_unknown
    from talks join slots using (slot)
    group by all
),
parts as (
    select columns(p_dims), weekday, half_hour, offered, missed, service_level from kpi([p_dims, ['weekday', 'half_hour']].flatten(), arrivals)
    union all by name
    select
        columns(p_dims), weekday, half_hour,
        list(agents order by agents) filter (where not is_unknown) as agents, count(*) filter (where is_unknown) as unknown
    from present
    group by all
    union all by name
    select columns(p_dims), avg_talk_seconds from kpi(p_dims, arrivals)
    union all by name
    select columns(p_dims), weekday, half_hour
    from (select distinct columns(p_dims) from arrivals)
    cross join (select weekday, half_hour from slot_counts where half_hour in (select half_hour from arrivals))
),
merged as (
    select columns(p_dims), weekday, half_hour,
           max(columns(['offered', 'missed', 'service_level', 'agents', 'unknown', 'avg_talk_seconds']))
    from parts
    group by all
),
averaged as (
    select * replace (max(avg_talk_seconds) over (partition by scope) as avg_talk_seconds)
    from (select *, row(*columns(p_dims)) as scope from merged)
),
measured as (
    select
        columns(p_dims), weekday, half_hour, is_open, half_hours,
        coalesce(offered, 0) as offered, coalesce(missed, 0) as missed, service_level, avg_talk_seconds,
        coalesce(offered, 0) / half_hours * (avg_talk_seconds / 1800) as traffic,
        -- The list has only the half-hours in which somebody took a call.
        half_hours - coalesce(unknown, 0) as known,
        known - coalesce(len(agents), 0) as without_calls,
        (known + 1) // 2 - without_calls as lower_middle,
        known // 2 + 1 - without_calls as upper_middle,
        case when known > 0 then (if(lower_middle > 0, agents[lower_middle], 0) + if(upper_middle > 0, agents[upper_middle], 0)) // 2 end as agents_seen,
        is_open and offered >= few_calls() as is_planned, target, planned_service_level(scopes, p_of_group, p_of_number) as goal
    from averaged join slot_counts using (weekday, half_hour) cross join begins
),
planned as (
    select
        *,
        case when is_planned then agents_needed(traffic, avg_talk_seconds, target, goal) end as agents_needed,
        case when is_planned then erlang_service_level(agents_seen, traffic, avg_talk_seconds, target) end as expected_service_level,
        case when is_planned and agents_seen + 1 > traffic
             then erlang_service_level(agents_seen + 1, traffic, avg_talk_seconds, target) end as one_more_service_level
    from measured
)
select
    columns(p_dims), weekday, half_hour, is_open, half_hours, offered, missed, service_level, avg_talk_seconds, traffic,
    agents_seen, agents_needed, case when agents_needed is not null then greatest(agents_needed - agents_seen, 0) end as agents_short,
    expected_service_level, one_more_service_level,
    case when one_more_service_level is not null
         then least(offered * (one_more_service_level - expected_service_level), offered * (1 - service_level)) end as one_more_answered,
    goal as planned_service_level
from planned;

-- The stretches of a weekday in which a group had fewer agents than it needed and missed calls: a row per stretch of consecutive half-hours.
-- Agents are those of the half-hour with the fewest and with the greatest need.
create or replace macro staffing_gaps_of(p_rows, p_from, p_to, p_source, p_of_number) as table
with
short as (
    select *, half_hour_of_day(half_hour) as place
    from staffing_of(['call_group'], p_rows, p_from, p_to, p_source, call_group, p_of_number)
    where agents_short > 0 and missed > 0
),
stretches as (
    select *, place - row_number() over (partition by call_group, weekday order by place) as stretch
    from short
)
select
    call_group, weekday, min(half_hour) as from_time, time_of_half_hour(max(place) + 1) as to_time,
    sum(offered)::bigint as offered, sum(missed)::bigint as missed,
    min(agents_seen) as agents_seen, max(agents_needed) as agents_needed, max(agents_short) as agents_short,
    case when bool_and(one_more_answered is not null) then sum(one_more_answered) end as one_more_answered
from stretches
group by call_group, weekday, stretch;

-- The first day of a period and at least so many days up to its end.
create or replace macro staffed_from(p_from, p_to, p_days) as least(p_from::date, p_to::date - (coalesce(p_days::integer, 1) - 1));

-- The half-hour of a weekday in which one agent more would have answered most calls in time, if that is one call at least: one row or none.
create or replace macro half_hour_lacking_people(p_rows, p_from, p_to, p_source, p_of_group, p_of_number) as table
select
    1 as rank, 'staffing' as kind, 'calls' as unit, one_more_answered as concern, p_to::date - p_from::date + 1 as days, weekday, half_hour,
    agents_seen, agents_needed
from staffing_of(['everything'], p_rows, p_from, p_to, p_source, p_of_group, p_of_number)
where agents_short > 0 and one_more_answered >= 1
order by one_more_answered desc, weekday, half_hour
limit 1;
