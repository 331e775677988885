-- What a reader sees that asks how things were at the moment in the variable as_of: tables of its own before the database's.
create or replace temp table calls as
with
versions_then as (from versions_by(getvariable('as_of'))),
live_then as (from live_events_by(getvariable('as_of')))
from calls_from(versions_then, live_then);

create or replace temp table live_events as from live_events_by(getvariable('as_of'));

create or replace temp table rejects as from rejects where rejected_at <= getvariable('as_of');

create or replace temp table loads as
select * replace (last_received_by(getvariable('as_of')) as last_received_at)
from loads;
