-- What the names of agents are learned from, by day, so that a load reads only the days of its calls. `calls` is rebuilt to fill both.
-- How often each number of a phone and each name were reported together.
create table agent_name_days (
    source              varchar not null,
    agent_key           varchar not null,
    local_day           date not null,
    agent_number        varchar not null,
    reported_agent_name varchar,
    legs                bigint not null,
    first_at            timestamptz not null
);

-- The phone's name from a time on: its first of the day, and each other one that follows.
create table agent_name_changes (
    source    varchar not null,
    agent_key varchar not null,
    local_day date not null,
    since     timestamptz not null,
    name_key  varchar not null             -- the name in lower case
);
