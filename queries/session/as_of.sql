-- Shows a reader the rest of the data as of the time in the variable as_of, after its calls.
create or replace temp view call_legs as from all_call_legs();

create or replace temp table live_events as from live_events_as_of(getvariable('as_of'));

create or replace temp table rejects as from rejects where rejected_at <= getvariable('as_of');

create or replace temp table loads as
select * replace (last_received_as_of(getvariable('as_of')) as last_received_at)
from loads;
