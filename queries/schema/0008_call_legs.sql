-- The legs of calls that several phones took part in, and the names that agents go by. `calls` is rebuilt with its new columns.
alter table calls add column agent_key varchar;           -- the agent's phone by the last ten digits of its number
alter table calls add column reported_agent_name varchar; -- of the call's report; agent_name may come from elsewhere

-- A row per phone that rang or was picked up, of the calls of which reports or live events name several phones. The view call_legs
-- has those of all calls.
create table shared_call_legs (
    source              varchar not null,
    direction           varchar not null,
    call_sid            varchar not null,
    call_key            ubigint not null,
    call_started_at     timestamptz not null,
    local_day           date not null,
    agent_number        varchar,
    agent_key           varchar,
    reported_agent_name varchar,
    agent_name          varchar,
    agent               varchar,
    is_reported         boolean not null,  -- a report names the phone; otherwise only live events do
    is_first            boolean not null,  -- the leg that the call's agent and status are of
    rang                boolean not null,
    rang_at             timestamptz,
    answered            boolean not null,
    picked_at           timestamptz,
    started_at          timestamptz not null,
    ended_at            timestamptz,
    talk_seconds        bigint not null,
    status              varchar,
    outcome             varchar not null,
    failed_leg          varchar,
    ring_seconds        bigint,
    agent_ring_seconds  bigint,
    leg_a_picked_at     timestamptz,
    leg_b_started_at    timestamptz,
    leg_b_picked_at     timestamptz
);

-- What is learned from all reports. A phone's agent, as reported by a source, from one time to the next.
create table agent_names (
    source     varchar not null,
    agent_key  varchar not null,
    since      timestamptz not null,       -- -infinity for the first
    agent_name varchar not null
);

-- How the names of a phone are spelled, whatever their case; the number itself, as first seen, has the name_key ''.
create table agent_spellings (
    agent_key varchar not null,
    name_key  varchar not null,
    shown     varchar not null
);
