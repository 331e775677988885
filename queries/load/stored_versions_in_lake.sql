-- The stored reports and live events of the staged calls, as stored_versions.sql finds them in a database file. In a lake, several rows can have one
-- rowid: in DuckLake 1.0, a row that is updated in the transaction that inserted it keeps a temporary one, which later transactions use again.
create or replace temp table stored_versions as from call_versions semi join staged_versions using (call_key, call_sid);
create or replace temp table stored_live as from live_events semi join staged_versions using (call_key, call_sid);
