-- Shows a reader the rest of the data as of the time in the variable as_of, after its calls.
create or replace temp view call_legs as from all_call_legs();

create or replace temp table live_events as from live_events_as_of(getvariable('as_of'));
create or replace temp table repeated_deliveries as from repeated_deliveries where received_at <= getvariable('as_of');
create or replace temp table other_events as from other_events where received_at <= getvariable('as_of');
create or replace temp table balances as from balances where fetched_at <= getvariable('as_of');
create or replace temp table vendor_lists as from vendor_lists where fetched_at <= getvariable('as_of');
create or replace temp table vendor_calls as from vendor_calls where fetched_at <= getvariable('as_of');
create or replace temp table rejects as
from rejects where reject_received_at(file, text, rejected_at) <= getvariable('as_of');

-- What was received by then can have been loaded later, and what came during a load after then, so one row has only the time of the newest
-- delivery.
create or replace temp table loads as
select * replace (null::timestamptz as last_received_at) from loads where started_at <= getvariable('as_of')
union all by name
select last_received_as_of(getvariable('as_of')) as last_received_at;

-- A view, since the reports are many. It has the name of its table, which it therefore names with the database.
set variable stored_versions = '"' || current_database() || '".main.call_versions';
create or replace temp view call_versions as from received_by(getvariable('stored_versions'), repeated_deliveries, 'call_report', getvariable('as_of'));
