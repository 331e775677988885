-- Counts what there is of the calls of refreshed_versions and refreshed_live.
create or replace temp table refreshed_directions as from directions_of(refreshed_versions, refreshed_live);
create or replace temp table refreshed_calls as from counted_calls(refreshed_versions, refreshed_live, refreshed_directions);

-- A table, so that DuckDB joins the calls with it and not it with the calls.
create or replace temp table refreshed_statuses as from statuses_of(refreshed_versions);

-- The calls of which reports name several phones, and their legs; shared_calls.sql fills them.
create or replace temp table shared as select call_key from calls where false;
create or replace temp table new_legs as from calls where false;
