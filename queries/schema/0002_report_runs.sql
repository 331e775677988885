-- Runs are told by part of a burst and by recipient. The rows come from the scheduler's ledger, which has them all.
drop table report_runs;
create table report_runs (
    report      varchar not null,
    period      varchar not null,
    part        varchar not null,          -- of a burst: the group, the agent; '' is all of them
    recipient   varchar not null,          -- address or place; '' is all of them
    due_at      timestamptz not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    state       varchar not null,          -- due, building, built, sending, sent, partly, failed, skipped or unknown
    file        varchar,                   -- path of the workbook
    sha256      varchar,
    rows        bigint,                    -- of the workbook's detail
    place       varchar,                   -- where the recipient has it
    attempts    bigint,                    -- of sending
    error       varchar
);
