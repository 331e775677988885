-- The vendors' own lists of calls, read from the files in data_dir/vendor, and the calls in them as they would be if a list were all there is.
create table vendor_lists (
    source      varchar not null,
    day         date not null,             -- in the zone of the source
    fetched_at  timestamptz not null,      -- when the fetch began
    list        varchar not null,          -- the kind of the vendor's API
    rows        bigint not null,
    unreadable  bigint not null,           -- rows that no call could be read from
    disk_bytes  bigint not null,           -- size and time of the file when it was read,
    modified_at timestamptz not null       -- to skip unchanged files
);

create table vendor_calls (
    source          varchar not null,
    day             date not null,         -- of the list
    fetched_at      timestamptz not null,
    direction       varchar not null,
    call_sid        varchar not null,
    call_key        ubigint not null,
    content_hash    ubigint not null,      -- of the newest row, by which it is recognised among call_versions
    started_at      timestamptz not null,
    ended_at        timestamptz,
    status          varchar,
    outcome         varchar not null,
    answered        boolean not null,
    call_seconds    bigint,
    talk_seconds    bigint,
    virtual_number  varchar,
    customer_number varchar,
    customer_key    varchar,
    agent_number    varchar,
    agent_key       varchar,
    agent_name      varchar,
    call_group      varchar,
    group_basis     varchar not null,      -- only a reported group is compared
    coins           decimal(18, 4),
    circle          varchar,
    ivr_key         varchar,
    list_rows       bigint not null,       -- rows of the list for the call
    flags           varchar[] not null,
    recording_url   varchar
);
