-- Computes the calls of which reports name several phones, from their legs.
insert into shared from shared_calls(refreshed_versions, refreshed_calls, refreshed_directions);

insert into new_legs by name
with
shared_versions as materialized (from refreshed_versions semi join shared using (call_key)),
shared_live as materialized (from refreshed_live semi join shared using (call_key))
from report_legs(shared_versions, shared_live, shared, refreshed_directions, refreshed_statuses, refreshed_days);

insert into calls by name from combined_calls(new_legs);
