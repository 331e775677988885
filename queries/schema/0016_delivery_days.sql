-- When each source's first delivery of a day was, so that the first of all is found without reading all calls.
create table delivery_days (
    source    varchar not null,
    local_day date not null,               -- on which the calls started
    first_at  timestamptz not null
);

insert into delivery_days
select source, local_day, min(case when imported then started_at else first_received_at end)
from calls
group by source, local_day;
