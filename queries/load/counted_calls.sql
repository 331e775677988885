-- Counts what there is of the calls of refreshed_versions and refreshed_live.
create or replace temp table refreshed_calls as from counted_calls(refreshed_versions, refreshed_live, refreshed_directions);

-- The calls of which reports name several phones, and their legs; shared_calls.sql fills them.
create or replace temp table shared as select call_key from calls where false;
create or replace temp table new_legs as from calls where false;
