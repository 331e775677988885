-- The stored reports and live events of the staged calls, as stored_versions.sql finds them in a database file. In a lake, several rows can have one
-- rowid: DuckLake 1.0 gives it again to a row that is updated in the transaction that inserted it.
create or replace temp table stored_versions as from call_versions semi join staged_versions using (call_key, call_sid);
create or replace temp table stored_live as from live_events semi join staged_versions using (call_key, call_sid);
