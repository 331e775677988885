-- The most calls at the same time in each hour, so that peaks of a period need not sort its calls. `calls` is computed again to fill it.
create table hour_peaks (
    local_day       date not null,
    local_hour      tinyint not null,
    peaks_of        varchar not null,      -- calls, group or number: all calls, or those of a group or of a virtual number
    call_group      varchar,
    virtual_number  varchar,
    peak_concurrent bigint not null
);
