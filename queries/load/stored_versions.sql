-- The stored reports and live events of the staged calls. They are found by their keys, and all their columns are read by row, so that a load does not
-- take longer the more the database has. The call_sid follows from the call_key; it is compared as well because most begin with the time of the call,
-- so DuckDB skips the row groups of other times.
create or replace temp table stored_rows as
select 'call_report' as kind, rowid as row from call_versions semi join staged_versions using (call_key, call_sid)
union all
select 'live_call', rowid from live_events semi join staged_versions using (call_key, call_sid);

create or replace temp table stored_versions as
from call_versions where rowid in (select row from stored_rows where kind = 'call_report');
create or replace temp table stored_live as
from live_events where rowid in (select row from stored_rows where kind = 'live_call');
