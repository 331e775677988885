-- Gives the calls without a known direction the one that follows from their reports.
create or replace temp table refreshed_directions as
from inferred_directions(refreshed_versions, refreshed_live, refreshed_directions, refreshed_statuses);
