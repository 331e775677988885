-- Erlang's formulas: how long callers wait for a free agent. Calls arrive at random, the traffic is the calls per unit of time × their
-- average duration in the same unit, in erlangs; talk times vary as an exponential distribution does; callers wait in one queue for
-- as long as it takes. Source: Erlang (1917); Koole, Call Center Optimization (2013), chapter 6.
--
--   select erlang_service_level(14, 10, 180, 20), agents_needed(10, 180, 20, 0.8);   -- 0.888 and 14
--
-- Erlang B, the share of calls that find all agents busy and are lost: B(0) = 1, B(n) = a·B(n−1) / (n + a·B(n−1)). The recursion neither
-- overflows nor loses digits, as factorials and powers would with many agents. The traffic is in the list, too: list_reduce of DuckDB
-- 1.5 confuses rows if the lambda refers to a column and their lists differ in length.
create or replace macro erlang_blocked(p_agents, p_traffic) as
    list_reduce([{n: n::double, traffic: p_traffic::double, blocked: 1::double} for n in range(0, p_agents::bigint + 1)],
                lambda last, next: {n: next.n, traffic: next.traffic, blocked: next.traffic * last.blocked / (next.n + next.traffic * last.blocked)}
    ).blocked;

-- Erlang C, the share of calls that wait, from Erlang B. With no more agents than erlangs the queue grows without end, and all wait.
create or replace macro delayed_share(p_agents, p_traffic, p_blocked) as
    case when p_agents <= p_traffic then 1 else p_agents * p_blocked / (p_agents - p_traffic * (1 - p_blocked)) end;

-- The share of calls that a free agent takes within the target wait.
create or replace macro served_share(p_agents, p_traffic, p_blocked, p_talk_seconds, p_target_seconds) as
    case when p_agents <= p_traffic then 0
         else 1 - delayed_share(p_agents, p_traffic, p_blocked) * exp(-(p_agents - p_traffic) * p_target_seconds / p_talk_seconds) end;

create or replace macro erlang_service_level(p_agents, p_traffic, p_talk_seconds, p_target_seconds) as
    served_share(p_agents, p_traffic, erlang_blocked(p_agents, p_traffic), p_talk_seconds, p_target_seconds);

-- The fewest agents with whom the share of calls served within the target wait reaches the goal, found while the recursion goes up to
-- ten standard deviations above the traffic, where nobody waits. A goal of 1 is never reached, so NULL. The target wait is counted in
-- average talks.
create or replace macro agents_needed(p_traffic, p_talk_seconds, p_target_seconds, p_goal) as
    case when p_traffic = 0 then 0 when p_goal < 1 then list_reduce(
        [{n: n::double, traffic: p_traffic::double, target: p_target_seconds / p_talk_seconds, goal: p_goal::double, blocked: 1::double, needed: null::bigint}
         for n in range(0, ceil(p_traffic + 10 * sqrt(p_traffic) + 20)::bigint)],
        lambda last, next: case when last.needed is not null then last else {
            n: next.n, traffic: next.traffic, target: next.target, goal: next.goal,
            blocked: next.traffic * last.blocked / (next.n + next.traffic * last.blocked),
            needed: case when served_share(next.n, next.traffic, next.traffic * last.blocked / (next.n + next.traffic * last.blocked), 1, next.target) >= next.goal
                         then next.n::bigint end} end).needed end;
