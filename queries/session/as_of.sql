-- Shows a reader the data as of the time in the variable as_of: temporary tables take precedence over those of the database.
create or replace temp table calls as
with
versions_then as (from versions_as_of(getvariable('as_of'))),
live_then as (from live_events_as_of(getvariable('as_of')))
from calls_from(versions_then, live_then);

create or replace temp table live_events as from live_events_as_of(getvariable('as_of'));

create or replace temp table rejects as from rejects where rejected_at <= getvariable('as_of');

create or replace temp table loads as
select * replace (last_received_as_of(getvariable('as_of')) as last_received_at)
from loads;
