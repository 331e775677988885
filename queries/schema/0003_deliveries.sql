-- Identifies each delivery by its id and time of receipt, so that a line read again, from a copy of its file, is not another
-- delivery, and the newest report of a call is known exactly.
alter table call_versions add column last_id varchar; -- id of the newest delivery; NULL where it has none
alter table live_events add column last_id varchar;
alter table other_events add column id varchar;

-- All deliveries of the reports and live events that were delivered more than once.
create table repeated_deliveries (
    kind         varchar not null,         -- call_report or live_call
    direction    varchar not null,
    call_key     ubigint not null,
    content_hash ubigint not null,
    received_at  timestamptz not null,
    id           varchar,                  -- NULL: a line without one
    deliveries   bigint not null           -- 1, or how many lines without an id
);

-- Of deliveries loaded before this migration only the first and the last are known.
insert into repeated_deliveries
select 'call_report', direction, call_key, content_hash, unnest([first_received_at, last_received_at]), null, unnest([1, deliveries - 1])
from call_versions
where deliveries > 1
union all
select 'live_call', direction, call_key, content_hash, unnest([first_received_at, last_received_at]), null, unnest([1, deliveries - 1])
from live_events
where deliveries > 1;
