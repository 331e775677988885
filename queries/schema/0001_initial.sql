-- The tables that analysts use, and the ledger that makes a load exactly-once.

-- How far each spool file has been read. The offset is committed with the rows read up to it.
create table spool_files (
    file            varchar not null,      -- logical name: 2026-10-05.ndjson, compressed or not
    loaded_bytes    bigint not null,       -- of uncompressed content, up to the last newline read
    loaded_lines    bigint not null,
    lines_hash      ubigint not null,      -- sum of the XXH64 of each line and its number, to detect a changed file
    disk_bytes      bigint not null,       -- size and time of the file when it was read,
    modified_at     timestamptz not null,  -- to skip unchanged files
    first_loaded_at timestamptz not null,
    last_loaded_at  timestamptz not null
);

create table loads (
    load_id          bigint not null,
    started_at       timestamptz not null,
    finished_at      timestamptz not null,
    files            bigint not null,      -- with new lines
    bytes            bigint not null,
    lines            bigint not null,      -- = reports + live_events + other_events + rejects + blank
    reports          bigint not null,      -- deliveries, duplicates included
    live_events      bigint not null,
    other_events     bigint not null,
    rejects          bigint not null,
    blank            bigint not null,
    last_received_at timestamptz           -- newest delivery of the load
);

create table rejects (
    file        varchar not null,
    line        bigint not null,           -- counted from 1
    byte_offset bigint not null,
    reason      varchar not null,
    text        varchar not null,          -- the line as read; bytes that are not UTF-8 as \xNN
    line_hash   ubigint not null,          -- its share of lines_hash, to recognise it once it is repaired
    rejected_at timestamptz not null
);

-- One row per different report of a call, its fields as sent. `calls` is computed from these and `live_events`.
create table call_versions (
    source             varchar not null,
    direction          varchar not null,
    call_sid           varchar not null,
    call_key           ubigint not null,   -- hash of source and call_sid: faster to look up than the two
    content_hash       ubigint not null,   -- of all fields sent, to recognise a duplicate
    first_received_at  timestamptz not null,
    last_received_at   timestamptz not null,
    deliveries         bigint not null,    -- how often this report was delivered
    source_number      varchar,
    destination_number varchar,
    dial_whom_number   varchar,
    call_duration      varchar,
    coins              varchar,
    status             varchar,
    start_time         varchar,
    end_time           varchar,
    call_recording_url varchar,
    campid             varchar,
    talk_duration      varchar,
    call_group         varchar,
    receiver_name      varchar,
    error_code         varchar,
    leg_a_picked_time  varchar,
    leg_b_start_time   varchar,
    leg_b_picked_time  varchar,
    callstatus         varchar,
    extra              json                -- the undocumented fields
);

-- One row per different live event of a call.
create table live_events (
    source             varchar not null,
    direction          varchar not null,
    call_sid           varchar not null,
    call_key           ubigint not null,
    content_hash       ubigint not null,
    first_received_at  timestamptz not null,
    last_received_at   timestamptz not null,
    deliveries         bigint not null,
    source_number      varchar,
    destination_number varchar,
    dial_whom_number   varchar,
    status             varchar,
    start_time         varchar,
    campid             varchar,
    call_group         varchar,
    extra              json
);

-- Deliveries of other kinds (add_member …), as sent.
create table other_events (
    source      varchar not null,
    received_at timestamptz not null,
    event       varchar,                   -- the payload's own type
    payload     json not null,
    file        varchar not null,
    line        bigint not null
);

-- One row per call that has a report.
create table calls (
    source             varchar not null,
    direction          varchar not null,
    call_sid           varchar not null,
    call_key           ubigint not null,
    started_at         timestamptz not null,
    ended_at           timestamptz,
    local_day          date not null,
    local_hour         tinyint not null,
    weekday            tinyint not null,   -- 1 Monday … 7 Sunday
    virtual_number     varchar,
    customer_number    varchar,
    agent_number       varchar,
    customer_key       varchar,
    agent_name         varchar,
    agent              varchar,
    call_group         varchar,
    group_basis        varchar not null,
    campaign_id        varchar,
    status             varchar,
    outcome            varchar not null,
    failed_leg         varchar,
    answered           boolean not null,
    call_seconds       bigint,
    talk_seconds       bigint not null,
    wait_seconds       bigint,
    ring_seconds       bigint,
    agent_ring_seconds bigint,
    coins              decimal(18, 4),
    in_business_hours  boolean not null,
    short_abandon      boolean not null,
    flags              varchar[] not null,
    recording_url      varchar,
    error_code         varchar,
    leg_a_picked_at    timestamptz,
    leg_b_started_at   timestamptz,
    leg_b_picked_at    timestamptz,
    extra              json,
    versions           bigint not null,
    deliveries         bigint not null,    -- report deliveries, duplicates included
    first_received_at  timestamptz not null,
    last_received_at   timestamptz not null,
    everything         varchar not null    -- constant, for totals: kpi(['everything'], …)
);

-- Settings of the config that metrics depend on; a change rebuilds `calls`.
create table settings (
    timezone                   varchar not null,
    short_abandon_seconds      bigint not null,
    service_level_target_seconds bigint not null,
    recovery_window_seconds    bigint not null,
    fingerprint                varchar not null, -- of the settings and the SQL that computes `calls`
    macros_fingerprint         varchar not null  -- of those, the metrics and the named queries, user-defined ones included
);

create table sources (
    source             varchar not null,
    timezone           varchar not null,
    outgoing_caller    varchar not null    -- who SourceNumber is on outgoing calls: agent or customer
);

create table number_groups (
    virtual_number varchar not null,       -- as configured; compared by its last ten digits
    call_group     varchar not null
);

create table agent_directory (
    agent_number varchar not null,         -- as configured; compared by its last ten digits
    agent_name   varchar not null,
    valid_from   date,
    valid_to     date                      -- included
);

create table business_hours (
    weekday tinyint not null,
    opens   time not null,
    closes  time not null
);

create table holidays (
    day date not null
);

-- The runs of scheduled reports, read from the job ledger at each load.
create table report_runs (
    report      varchar not null,
    period      varchar not null,
    due_at      timestamptz not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    state       varchar not null,          -- sent, partly or failed
    file        varchar,
    sha256      varchar,
    rows        bigint,
    error       varchar
);
