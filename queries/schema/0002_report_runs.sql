-- Records runs by part of a burst and by recipient. The rows come from the job ledger, so the table can be dropped.
drop table report_runs;
create table report_runs (
    report      varchar not null,
    period      varchar not null,
    part        varchar not null,          -- of a burst: the group or agent; '' is the run as a whole
    recipient   varchar not null,          -- address or location; '' is the run as a whole
    due_at      timestamptz not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    state       varchar not null,          -- due, building, built, sending, sent, partly, failed, skipped or unknown
    file        varchar,                   -- path of the workbook
    sha256      varchar,
    rows        bigint,                    -- of the workbook's detail sheet
    place       varchar,                   -- where it was delivered
    attempts    bigint,                    -- of sending
    error       varchar
);
