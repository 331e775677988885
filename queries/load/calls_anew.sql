-- All calls again, from what is kept of them.
delete from calls;
insert into calls by name
from calls_from(call_versions, live_events);
