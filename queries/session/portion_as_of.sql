-- The reports and live events of a portion of all calls, as of the time in the variable as_of. Tables, since each view of them would read the repeated
-- deliveries of all times.
create or replace temp table refreshed_versions as
from versions_as_of(getvariable('as_of')) where call_sid > getvariable('after_sid') and call_sid <= getvariable('through_sid');
create or replace temp table refreshed_live as
from live_events_as_of(getvariable('as_of')) where call_sid > getvariable('after_sid') and call_sid <= getvariable('through_sid');
