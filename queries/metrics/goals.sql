-- The goals of the calls of a group and of a virtual number, by metric: a number's goal replaces that of its group, which replaces the
-- one for all calls. NULL stands for any group or number.
create or replace macro goals_of(p_scopes, p_group, p_number) as
    map_concat(p_scopes['all'], p_scopes['group ' || p_group], p_scopes['number ' || number_id(p_number)]);

create or replace macro is_distance(p_column) as ends_with(p_column, '_to_goal');

-- The distances, and the goals by metric.
create or replace macro kpi_to_goals(p_rows, p_group, p_number) as table
with rows as (
    select * exclude (scopes), goals_of(scopes, p_group, p_number) as goals
    from query_table(p_rows), (select goals as scopes from settings)
)
select
    *,
    answer_rate - goals['answer_rate'] as answer_rate_to_goal,
    goals['abandon_rate'] - abandon_rate as abandon_rate_to_goal,
    net_answer_rate - goals['net_answer_rate'] as net_answer_rate_to_goal,
    goals['net_abandon_rate'] - net_abandon_rate as net_abandon_rate_to_goal,
    service_level - goals['service_level'] as service_level_to_goal,
    goals['avg_wait_seconds'] - avg_wait_seconds as avg_wait_seconds_to_goal,
    goals['p90_wait_seconds'] - p90_wait_seconds as p90_wait_seconds_to_goal,
    goals['avg_ring_seconds'] - avg_ring_seconds as avg_ring_seconds_to_goal,
    goals['p90_ring_seconds'] - p90_ring_seconds as p90_ring_seconds_to_goal,
    connect_rate - goals['connect_rate'] as connect_rate_to_goal,
    goals['agent_no_show_rate'] - agent_no_show_rate as agent_no_show_rate_to_goal,
    goals['coins_unanswered_share'] - coins_unanswered_share as coins_unanswered_share_to_goal,
    goals['coins_per_talk_minute'] - coins_per_talk_minute as coins_per_talk_minute_to_goal
from rows;

-- Rows of kpi() with the distance of each metric from its goal, negative if it misses the goal, and whether any of them does. NULL where
-- there is no goal or no figure. p_group and p_number are those of a row, or of all rows: a column, a filter or NULL.
create or replace macro with_goals(p_rows, p_group, p_number) as table
with distances as (from kpi_to_goals(p_rows, p_group, p_number))
select * exclude (goals), least(*columns(lambda x: is_distance(x))) < 0 as below_goal
from distances;

-- The same for rows of all_metrics(), of calls up to the end of a day, which can be a column.
create or replace macro with_all_goals(p_rows, p_last_day, p_group, p_number) as table
with
rows as (from kpi_to_goals(p_rows, p_group, p_number)),
distances as (
    select
        *,
        recovery_rate - goals['recovery_rate'] as recovery_rate_to_goal,
        goals['median_minutes_to_recover'] - median_minutes_to_recover as median_minutes_to_recover_to_goal,
        case when repeats_are_known(p_last_day) then goals['repeat_24h_rate'] - repeat_24h_rate end as repeat_24h_rate_to_goal
    from rows
)
select * exclude (goals), least(*columns(lambda x: is_distance(x))) < 0 as below_goal
from distances;

-- The same for rows of agent_metrics().
create or replace macro with_agent_goals(p_rows, p_group, p_number) as table
with
rows as (from kpi_to_goals(p_rows, p_group, p_number)),
distances as (select *, agent_answer_rate - goals['agent_answer_rate'] as agent_answer_rate_to_goal from rows)
select * exclude (goals), least(*columns(lambda x: is_distance(x))) < 0 as below_goal
from distances;
