-- All deliveries of what came more than once.
delete from repeated_deliveries as old
using come_again as again
where old.call_key = again.call_key and old.kind = again.kind and old.direction = again.direction and old.content_hash = again.content_hash;

insert into repeated_deliveries by name
select kind, direction, call_key, content_hash, received_at, id, all_deliveries.deliveries
from all_deliveries semi join (from delivered where deliveries > 1) using (kind, direction, call_key, content_hash);
