-- The deliveries by a moment of what came more than once.
create or replace macro delivered_by(p_kind, p_moment) as table
select
    direction, call_key, content_hash,
    max(received_at) as last_received_at,
    nullif(max((received_at, coalesce(id, '')))[2], '') as last_id,
    sum(deliveries)::bigint as deliveries
from repeated_deliveries
where kind = p_kind and received_at <= p_moment
group by direction, call_key, content_hash;
