-- The rows of call_versions or live_events, or some of them, received by a given time, each with its deliveries up to then. p_repeated are their
-- repeated_deliveries; what was delivered once is not there, and stays as it is.
create or replace macro received_by(p_versions, p_repeated, p_kind, p_time) as table
select versions.* replace (
    coalesce(delivered.last_received_at, versions.last_received_at) as last_received_at,
    coalesce(delivered.reported_at, versions.reported_at) as reported_at,
    coalesce(delivered.imported, versions.imported) as imported,
    coalesce(delivered.deliveries, versions.deliveries) as deliveries,
    case when delivered.deliveries is null then versions.last_id else delivered.last_id end as last_id)
from query_table(p_versions) as versions
left join (
    select
        direction, call_key, content_hash,
        max(received_at) as last_received_at,
        counting_delivery(reported_at, id, imported).reported_at as reported_at,
        nullif(counting_delivery(reported_at, id, imported).id, '') as last_id,
        bool_and(imported) as imported,
        sum(deliveries)::bigint as deliveries
    from query_table(p_repeated)
    where kind = p_kind and received_at <= p_time
    group by direction, call_key, content_hash
) as delivered using (direction, call_key, content_hash)
where versions.first_received_at <= p_time;

-- When the first of some reports or live events was received, from which their repeated_deliveries are; after all times if there are none.
create or replace macro first_received_of(p_rows) as table
select coalesce(min(first_received_at), 'infinity') as first_received_at from query_table(p_rows);

create or replace macro versions_as_of(p_time) as table from received_by(call_versions, repeated_deliveries, 'call_report', p_time);
create or replace macro live_events_as_of(p_time) as table from received_by(live_events, repeated_deliveries, 'live_call', p_time);

-- When the collector received the newest delivery up to a given time.
create or replace macro last_received_as_of(p_time) as (select max(received_at) from collected() where received_at <= p_time);
