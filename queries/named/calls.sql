-- The calls themselves, oldest first.
with
slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
rows as (
    select
        started_at, ended_at, direction, call_group, agent, customer_number, virtual_number, agent_number,
        outcome, failed_leg, answered, talk_seconds, call_seconds, wait_seconds, ring_seconds, agent_ring_seconds,
        coins, campaign_id, circle, ivr_key, in_business_hours, short_abandon, status, error_code, flags, recording_url,
        group_basis, versions, deliveries, first_received_at, last_received_at, reported_at, imported, from_list, source, call_sid
    from slice
)
from asked_columns(['started_at', 'source', 'direction', 'call_sid'], $metrics, rows)
order by started_at, source, direction, call_sid;
