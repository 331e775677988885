-- Stores the deliveries of the staged reports and live events that were delivered more than once.
delete from repeated_deliveries as stored
using duplicates
where stored.call_key = duplicates.call_key and stored.kind = duplicates.kind and stored.direction = duplicates.direction
  and stored.content_hash = duplicates.content_hash;

insert into repeated_deliveries by name
select kind, direction, call_key, content_hash, received_at, reported_at, imported, from_list, id, distinct_deliveries.deliveries
from distinct_deliveries semi join (from delivery_totals where deliveries > 1) using (kind, direction, call_key, content_hash);
