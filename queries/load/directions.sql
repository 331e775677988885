-- The directions of the reports and live events of refreshed_versions and refreshed_live, the statuses of reports, and the days. Tables, so that DuckDB
-- joins the calls with them and not them with the calls.
create or replace temp table refreshed_directions as from directions_of(refreshed_versions, refreshed_live);
create or replace temp table refreshed_statuses as from statuses_of(refreshed_versions, refreshed_live);
create or replace temp table refreshed_days as from zone_days_of(refreshed_versions, refreshed_live);
