-- The reports as they had come by a moment: those that had, each with the deliveries of then.
create or replace macro versions_by(p_moment) as table
select versions.* replace (
    coalesce(delivered.last_received_at, versions.last_received_at) as last_received_at,
    coalesce(delivered.deliveries, versions.deliveries) as deliveries,
    case when delivered.deliveries is null then versions.last_id else delivered.last_id end as last_id)
from call_versions as versions
left join delivered_by('call_report', p_moment) as delivered using (direction, call_key, content_hash)
where versions.first_received_at <= p_moment;

-- The same for live events.
create or replace macro live_events_by(p_moment) as table
select versions.* replace (
    coalesce(delivered.last_received_at, versions.last_received_at) as last_received_at,
    coalesce(delivered.deliveries, versions.deliveries) as deliveries,
    case when delivered.deliveries is null then versions.last_id else delivered.last_id end as last_id)
from live_events as versions
left join delivered_by('live_call', p_moment) as delivered using (direction, call_key, content_hash)
where versions.first_received_at <= p_moment;
