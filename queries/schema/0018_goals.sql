-- What metrics should reach, as configured: for all calls, for those of a group, or for those of a virtual number.
create table goals (
    metric         varchar not null,
    call_group     varchar,
    virtual_number varchar,
    goal           double not null
);

-- The same for queries, which it spares most of the planning: the goals by metric, by what they are for.
alter table settings add column goals map(varchar, map(varchar, double));
