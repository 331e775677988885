-- A virtual number is shown in one spelling: as configured, else as first seen. `calls` is rebuilt with its new column.
alter table calls add column reported_virtual_number varchar; -- of the call's report; virtual_number is how it is shown

-- What the spellings are learned from, by day, so that a load reads only the days of its calls.
create table virtual_number_days (
    virtual_number varchar not null,       -- as reported
    local_day      date not null,
    first_at       timestamptz not null
);

-- How virtual numbers are shown that are reported in another spelling.
create table virtual_number_spellings (
    virtual_number varchar not null,       -- as reported
    shown          varchar not null
);
