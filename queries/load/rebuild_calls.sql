-- Computes all calls again, from the stored reports and live events.
delete from calls;
insert into calls by name
from calls_from(call_versions, live_events);
