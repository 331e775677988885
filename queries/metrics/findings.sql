-- Whether a rate of p_calls is lower than a usual one of p_usual_calls by more than chance explains: by two calls, and by two standard
-- errors of the difference of two rates or more, which alone is not enough for a handful of calls.
create or replace macro is_lower_rate(p_rate, p_calls, p_usual, p_usual_calls) as
    p_usual - p_rate >= 2 * sqrt((p_rate * p_calls + p_usual * p_usual_calls) / (p_calls + p_usual_calls)
                                 * (1 - (p_rate * p_calls + p_usual * p_usual_calls) / (p_calls + p_usual_calls))
                                 * (1 / p_calls + 1 / p_usual_calls))
    and (p_usual - p_rate) * p_calls >= 2 - 1e-9;

-- Whether a rate of p_calls misses its goal, by one call at least.
create or replace macro misses_goal(p_rate, p_calls, p_goal) as coalesce((p_goal - p_rate) * p_calls >= 1 - 1e-9, false);

-- What became of the offered calls of any set of calls: a row for all of them, and one per group. worst_… is the hour of a weekday in which
-- most calls were missed, if more than one was; agents are those who took calls.
create or replace macro missed_causes(p_rows) as table
with
offered as materialized (
    select
        call_group, weekday, local_hour, agent, count(*) as offered,
        count(*) filter (where not answered) as missed,
        count(*) filter (where not answered and outcome in ('abandoned', 'cancelled')) as abandoned,
        count(*) filter (where not answered and outcome = 'no_answer') as no_answer,
        count(*) filter (where not answered and outcome in ('busy', 'agent_engaged', 'agent_ringing')) as busy
    from query_table(p_rows)
    where direction = 'incoming' and outcome <> 'ivr_only'
    group by all
),
-- Hours have a weekday, groups and the whole have none.
cells as (
    select
        grouping(call_group) = 1 as is_total, call_group, weekday, local_hour,
        sum(columns(['offered', 'missed', 'abandoned', 'no_answer', 'busy']))::bigint,
        count(distinct agent) filter (where missed < offered) as agents
    from offered
    group by grouping sets ((), (call_group), (weekday, local_hour), (call_group, weekday, local_hour))
),
worst as (
    select is_total, call_group, weekday as worst_weekday, local_hour as worst_hour, missed as worst_missed, offered as worst_offered,
        agents as worst_agents
    from cells
    where weekday is not null and missed > 1
    qualify row_number() over (partition by is_total, call_group order by missed desc, weekday, local_hour) = 1
)
select cells.* exclude (weekday, local_hour), worst.* exclude (is_total, call_group)
from cells left join worst on worst.is_total = cells.is_total and worst.call_group is not distinct from cells.call_group
where weekday is null;

-- Missed callers of any set of calls, in one row: how many there were, how many of them nobody has spoken to since, the first missed call of
-- those, and how many were missed last within the recovery window. Masked numbers are not counted.
create or replace macro waiting_count(p_rows) as table
select
    (select count(distinct caller) from incoming_calls(['everything'], p_rows) where was_missed) as callers,
    count(*) as waiting,
    min(first_missed_at) as since,
    count(*) filter (where last_missed_at >= complete_through() - to_seconds((select recovery_window_seconds from settings)))
        as within_window
from waiting_callers(p_rows);

-- What needs attention in a period, a row per finding. p_rows are the calls of the period, p_recent those from before as well, p_stretches the
-- times it is compared with. rank orders the findings: first what makes the figures doubtful, then by the calls or callers that a finding is
-- about, then by coins. Last comes why calls were missed, if that is not worse than usual.
--
-- value is the figure that a finding is about, average that of all calls, below what it is compared with. A finding about a rate needs
-- p_min_offered calls of those that the rate counts. The rate misses its goal; or it is below the usual range, and the usual rate in the middle of it, or the average, is
-- higher by p_worse_points or p_below_points at least and by two standard errors.
create or replace macro findings_of(p_rows, p_recent, p_stretches, p_from, p_to, p_group, p_agent, p_number,
                                    p_min_offered, p_below_points, p_worse_points, p_worse_share, p_waste_share) as table
with
slice as (from query_table(p_rows)),
used as (select stretch from query_table(p_stretches) where is_usual or stretch = 0),
compared as (from calls_in_stretches(p_recent, p_stretches) semi join used using (stretch)),
-- How many calls the answer rate and the service level count.
rated as materialized (
    select stretch, call_group, count_if(is_rated)::bigint as rated, count_if(is_timed)::bigint as timed
    from classified_calls(compared)
    group by stretch, call_group
),
all_rates as (
    from used
    left join kpi(['stretch'], compared) using (stretch)
    left join (select stretch, sum(rated) as rated, sum(timed) as timed from rated group by stretch) using (stretch)
),
total_rates as materialized (
    select stretch, calls, offered, rated, timed, missed, outgoing, answer_rate, service_level, connect_rate
    from zero_filled(all_rates)
),
group_rates as materialized (
    select rates.stretch, rates.call_group, calls, rated, answer_rate, coins, coins_unanswered, coins_unanswered_share
    from kpi(['stretch', 'call_group'], compared) as rates
    join rated on rated.stretch = rates.stretch and rated.call_group is not distinct from rates.call_group
),
-- An agent sees no findings about others.
persons as materialized (from legs_by_person(slice)),
taken as (from agent_calls(slice, persons)),
agent_rates as materialized (
    select agent, calls, outgoing, agent_no_show, agent_no_show_rate, coins, coins_failed_agent
    from kpi(['agent'], taken)
    where agent is not null and (p_agent is null or agent = p_agent)
),
agent_rings as materialized (from ring_counts(['agent'], slice) where p_agent is null or agent = p_agent),
causes as materialized (from missed_causes(slice)),
waiting as (from waiting_count(slice)),
coins as (
    select
        sum(coins) as coins, sum(coins_unanswered) as coins_unanswered,
        sum(coins_unanswered) filter (where direction = 'incoming') as coins_incoming,
        sum(coins_failed_agent) filter (where direction <> 'incoming') as coins_failed_agent,
        sum(coins_failed_customer) filter (where direction <> 'incoming') as coins_failed_customer
    from kpi(['direction'], slice)
),

figures as (
    select
        stretch, name, value,
        case name when 'answer_rate' then rated when 'service_level' then timed when 'connect_rate' then outgoing else offered end as calls
    from (select stretch, offered, rated, timed, outgoing, missed::double as missed, answer_rate, service_level, connect_rate from total_rates)
    unpivot (value for name in (answer_rate, service_level, connect_rate, missed))
),
usual_figures as (
    select
        name, min(value) as usual_low, max(value) as usual_high, sum(calls) as usual_calls,
        list_avg(list(value order by stretch)) as usual -- in order, since a sum of fractions depends on it
    from figures
    where stretch > 0
    group by name
    having count(*) > 1
),
goals as (select goals as scopes, goals_of(goals, p_group, p_number) as of_whole from settings),
changes as (
    select
        name, value, usual_low, usual_high, of_whole[name] as goal,
        case when misses_goal(value, calls, goal) then 'goal'
             when name = 'missed'
             then if(value - usual_high >= greatest(1, p_min_offered, p_worse_share * usual_high) and value - usual >= 2 * sqrt(usual), 'usual', null)
             when value < usual_low and usual - value >= p_worse_points and is_lower_rate(value, calls, usual, usual_calls)
             then 'usual' end as below,
        case when name = 'missed' then value else round((1 - value) * calls) end as concern
    from figures left join usual_figures using (name) cross join goals
    where stretch = 0 and calls >= p_min_offered and below is not null
),

usual_groups as (
    select
        call_group, min(answer_rate) as usual_low, max(answer_rate) as usual_high, sum(rated) as usual_calls,
        list_avg(list(answer_rate order by stretch)) as usual
    from group_rates
    where stretch > 0 and answer_rate is not null
    group by call_group
    having count(*) > 1
),
weak_groups as (
    select
        rates.call_group, rates.answer_rate, rates.rated, usual_low, usual_high, whole.answer_rate as average,
        goals_of(scopes, rates.call_group, p_number)['answer_rate'] as goal,
        case when misses_goal(rates.answer_rate, rates.rated, goal) then 'goal'
             when rates.answer_rate < usual_low and usual - rates.answer_rate >= p_worse_points
                  and is_lower_rate(rates.answer_rate, rates.rated, usual, usual_calls) then 'usual'
             when average - rates.answer_rate >= p_below_points
                  and is_lower_rate(rates.answer_rate, rates.rated, average, whole.rated) then 'average' end as below,
        case below when 'goal' then goal when 'usual' then usual else average end - rates.answer_rate as short
    from (from group_rates where stretch = 0) as rates
    left join usual_groups on usual_groups.call_group is not distinct from rates.call_group
    cross join (from total_rates where stretch = 0) as whole
    cross join goals
    where rates.rated >= p_min_offered
    qualify below is not null and row_number() over (order by below is null, below = 'average', short desc, rates.call_group) <= 2
),

slow_agents as (
    from (
        select *, sum(rang) over () as all_rang, rang - round(rang * agent_answer_rate) as not_picked_up, 1 - sum(not_picked_up) over () / all_rang as average
        from agent_rings
    )
    where rang >= p_min_offered and average - agent_answer_rate >= p_below_points and is_lower_rate(agent_answer_rate, rang, average, all_rang)
    qualify row_number() over (order by agent_answer_rate, agent) <= 2
),
absent_agents as (
    from (
        select *, sum(outgoing) over () as all_outgoing, sum(agent_no_show) over () / all_outgoing as average
        from agent_rates
        where outgoing > 0
    )
    where outgoing >= p_min_offered and agent_no_show_rate - average >= p_below_points
      and is_lower_rate(1 - agent_no_show_rate, outgoing, 1 - average, all_outgoing)
    qualify row_number() over (order by agent_no_show_rate desc, agent) <= 2
),

found as (
    select 1 as class, 'files_with_problems' as kind, null as subject, files_with_problems() as concern, 'files' as unit
    where files_with_problems() > 0

    union all by name
    select 1 as class, 'data_ends' as kind, timezone((select timezone from settings), data_through) as since
    from query_table(p_stretches)
    where stretch = 0 and data_through < p_to::date

    union all by name
    select 1 as class, 'outage' as kind, no_calls_in_words(no_calls, p_from::date = p_to::date) as subject, len(no_calls) as concern, 'hours' as unit
    from query_table(p_stretches)
    where stretch = 0 and len(no_calls) > 0

    union all by name
    select 2 as class, 'no_calls' as kind, 'calls' as unit, min(calls) as concern, min(calls) as usual_low, max(calls) as usual_high
    from total_rates
    where stretch > 0
    having min(calls) > 0 and exists (select 1 from total_rates join query_table(p_stretches) using (stretch) where stretch = 0 and has_data and calls = 0)

    union all by name
    select 2 as class, 'waiting' as kind, 'callers' as unit, waiting as concern, callers, since, within_window
    from waiting
    where waiting > 0

    union all by name
    select 2 as class, 'change' as kind, name as subject, 'calls' as unit, concern, value, goal, usual_low, usual_high, below, causes.* exclude (is_total, call_group)
    from changes left join causes on is_total and name in ('answer_rate', 'missed')
    -- A lower answer rate, a lower service level and more missed calls are one finding.
    where name in ('answer_rate', 'connect_rate') or not exists (select 1 from changes where name = 'answer_rate')

    union all by name
    select 2 as class, 'group' as kind, weak_groups.call_group as subject, 'calls' as unit, round((1 - answer_rate) * rated) as concern, answer_rate as value,
        goal, usual_low, usual_high, average, below, causes.* exclude (is_total, call_group)
    from weak_groups join causes on not is_total and causes.call_group is not distinct from weak_groups.call_group
    where (select count(*) from group_rates where stretch = 0) > 1

    union all by name
    select 4 as class, 'missed' as kind, 'calls' as unit, causes.missed as concern, answer_rate as value, causes.* exclude (is_total, call_group)
    from causes, total_rates
    where is_total and stretch = 0 and causes.missed >= p_min_offered and not exists (select 1 from changes where name in ('answer_rate', 'missed'))

    union all by name
    select 2 as class, 'agent_pickups' as kind, agent as subject, 'calls' as unit, not_picked_up as concern, agent_answer_rate as value, average, rang
    from slow_agents

    union all by name
    select 2 as class, 'agent_no_shows' as kind, agent as subject, 'calls' as unit, agent_no_show as concern, agent_no_show_rate as value,
        average, outgoing
    from absent_agents

    union all by name
    select 3 as class, 'coins' as kind, 'coins' as unit, coins_unanswered as concern, coins_unanswered / coins as value,
        coins, coins_failed_agent, coins_failed_customer, coins_incoming
    from coins
    where coins_unanswered > 0 and coins_unanswered / coins >= p_waste_share

    union all by name
    select 3 as class, 'group_coins' as kind, call_group as subject, 'coins' as unit, rates.coins_unanswered as concern,
        coins_unanswered_share as value, whole.coins_unanswered / whole.coins as average, rates.coins
    from group_rates as rates, coins as whole
    where stretch = 0 and rates.calls >= p_min_offered and value >= p_waste_share and value - average >= p_below_points
    qualify row_number() over (order by value desc, subject) = 1

    union all by name
    select 3 as class, 'agent_coins' as kind, agent as subject, 'coins' as unit, coins_failed_agent as concern,
        coins_failed_agent / nullif(coins, 0) as value, coins
    from agent_rates
    where calls >= p_min_offered and value >= p_waste_share
    qualify row_number() over (order by coins_failed_agent desc, subject) = 1
)
select row_number() over (order by class, concern desc, kind, subject) as rank, * exclude (class) replace (concern::double as concern)
from found;
