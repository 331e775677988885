-- Computes the calls of refreshed_versions and refreshed_live, except the shared ones.
insert into calls by name
with
own_versions as not materialized (from refreshed_versions anti join shared using (call_key)),
own_live as not materialized (from refreshed_live anti join shared using (call_key))
from merged_calls(own_versions, own_live, refreshed_calls, refreshed_directions, refreshed_statuses, refreshed_days);
