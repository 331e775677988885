-- Erlang's formulas: how long callers wait for a free agent. Calls arrive at random, the traffic is the calls per unit of time × their
-- average duration in the same unit, in erlangs; talk times vary as an exponential distribution does; callers wait in one queue for
-- as long as it takes. Source: Erlang (1917); Koole, Call Center Optimization (2013), chapter 6.
--
--   select erlang_service_level(14, 10, 180, 20), agents_needed(10, 180, 20, 0.8);   -- 0.888 and 14
--
-- Erlang B, the share of calls that find all agents busy and are lost: B(0) = 1, B(n) = a·B(n−1) / (n + a·B(n−1)). The recursion neither
-- overflows nor loses digits, as factorials and powers would with many agents.
create or replace macro erlang_blocked(p_agents, p_traffic) as
    list_reduce(range(1, p_agents::bigint + 1)::double[],
                lambda blocked, n: p_traffic * blocked / (n + p_traffic * blocked), 1::double);

-- Erlang C, the share of calls that wait, from Erlang B. With no more agents than erlangs the queue grows without end, and all wait.
create or replace macro delayed_share(p_agents, p_traffic, p_blocked) as
    case when p_agents <= p_traffic then 1 else p_agents * p_blocked / (p_agents - p_traffic * (1 - p_blocked)) end;

-- The share of calls that a free agent takes within the target wait.
create or replace macro served_share(p_agents, p_traffic, p_blocked, p_talk_seconds, p_target_seconds) as
    case when p_agents <= p_traffic then 0
         else 1 - delayed_share(p_agents, p_traffic, p_blocked) * exp(-(p_agents - p_traffic) * p_target_seconds / p_talk_seconds) end;

create or replace macro erlang_service_level(p_agents, p_traffic, p_talk_seconds, p_target_seconds) as
    served_share(p_agents, p_traffic, erlang_blocked(p_agents, p_traffic), p_talk_seconds, p_target_seconds);

-- The fewest agents with whom the share of calls served within the target wait reaches the goal. It is found while the recursion goes up to
-- ten standard deviations above the traffic, where nobody waits; a goal of 1 is never reached, so NULL.
create or replace macro agents_needed(p_traffic, p_talk_seconds, p_target_seconds, p_goal) as
    case when p_traffic = 0 then 0 when p_goal < 1 then list_reduce(
        [{agents: n::double, blocked: 1::double, needed: null::bigint}
         for n in range(1, ceil(p_traffic + 10 * sqrt(p_traffic) + 20)::bigint)],
        lambda state, next: case when state.needed is not null then state else {
            agents: next.agents,
            blocked: p_traffic * state.blocked / (next.agents + p_traffic * state.blocked),
            needed: case when served_share(next.agents, p_traffic, p_traffic * state.blocked / (next.agents + p_traffic * state.blocked),
                                           p_talk_seconds, p_target_seconds) >= p_goal then next.agents::bigint end} end,
        {agents: 0::double, blocked: 1::double, needed: null::bigint}).needed end;
