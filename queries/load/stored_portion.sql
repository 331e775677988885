-- The stored reports and live events of a portion of all calls.
create or replace temp view refreshed_versions as
from call_versions where call_sid > getvariable('after_sid') and call_sid <= getvariable('through_sid');
create or replace temp view refreshed_live as
from live_events where call_sid > getvariable('after_sid') and call_sid <= getvariable('through_sid');
