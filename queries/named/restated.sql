-- What changed in the period's calls since a given time (--since, or the end of the period): a row per field, old and new.
with
as_of as (
    select coalesce($since::timestamptz, timezone(timezone, ($to::date + 1)::timestamp)) as since from settings
),
restated_calls as materialized (from changed_calls($from, $to, (select since from as_of))),
changed_rows as (from calls_then_or_now($from, $to, (select since from as_of)) semi join restated_calls using (call_key)),
restated_sids as materialized (from call_sids_of(changed_rows)),
restated_versions as materialized (
    from call_versions semi join restated_calls using (call_key)
    where call_sid >= (select least from restated_sids) and call_sid <= (select greatest from restated_sids)
),
restated_live as materialized (
    from live_events semi join restated_calls using (call_key)
    where call_sid >= (select least from restated_sids) and call_sid <= (select greatest from restated_sids)
),
restated_rows as (select first_received_at from restated_versions union all select first_received_at from restated_live),
restated_since as materialized (from first_received_of(restated_rows)),
recent_deliveries as (from repeated_deliveries where received_at >= (select first_received_at from restated_since)),
restated_deliveries as materialized (from recent_deliveries semi join restated_calls using (call_key)),
versions_then as materialized (from received_by(restated_versions, restated_deliveries, 'call_report', (select since from as_of))),
live_then as materialized (from received_by(restated_live, restated_deliveries, 'live_call', (select since from as_of))),
computed_then as materialized (from calls_from(versions_then, live_then)),
named_then as materialized (from with_agents(computed_then)),
calls_then as materialized (from with_shown_numbers(named_then)),
calls_now as materialized (
    from calls semi join restated_calls using (call_key)
    where call_sid >= (select least from restated_sids) and call_sid <= (select greatest from restated_sids)
),
-- A correction can move a call into the period or out of it. The calls of now come first: CREATE MACRO plans the statement until it finds
-- a parameter, and calls_from takes long to plan.
slice as (
    select source, direction, call_sid
    from slice_calls(calls_now, $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
    union
    select source, direction, call_sid
    from slice_calls(calls_then, $from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
),
directions as (from directions_then(calls_now, calls_then)),
fields as (
    select
        case when old.call_sid is null then new.first_received_at else restated_calls.restated_at end as restated_at, new.started_at, new.direction, new.call_group, new.agent, new.customer_number, new.virtual_number,
        unnest(case when old.call_sid is null then [{field: 'call', old: null, new: 'first report'}] else [
            {field: 'direction', old: old.direction, new: new.direction},
            {field: 'started_at', old: timezone(zone, old.started_at)::varchar, new: timezone(zone, new.started_at)::varchar},
            {field: 'ended_at', old: timezone(zone, old.ended_at)::varchar, new: timezone(zone, new.ended_at)::varchar},
            {field: 'call_group', old: old.call_group, new: new.call_group},
            {field: 'agent', old: old.agent, new: new.agent},
            {field: 'agent_number', old: old.agent_number, new: new.agent_number},
            {field: 'customer_number', old: old.customer_number, new: new.customer_number},
            {field: 'virtual_number', old: old.virtual_number, new: new.virtual_number},
            {field: 'status', old: old.status, new: new.status},
            {field: 'outcome', old: old.outcome, new: new.outcome},
            {field: 'failed_leg', old: old.failed_leg, new: new.failed_leg},
            {field: 'talk_seconds', old: old.talk_seconds::varchar, new: new.talk_seconds::varchar},
            {field: 'call_seconds', old: old.call_seconds::varchar, new: new.call_seconds::varchar},
            {field: 'wait_seconds', old: old.wait_seconds::varchar, new: new.wait_seconds::varchar},
            {field: 'ring_seconds', old: old.ring_seconds::varchar, new: new.ring_seconds::varchar},
            {field: 'agent_ring_seconds', old: old.agent_ring_seconds::varchar, new: new.agent_ring_seconds::varchar},
            {field: 'coins', old: old.coins::double::varchar, new: new.coins::double::varchar},
            {field: 'campaign_id', old: old.campaign_id, new: new.campaign_id},
            {field: 'error_code', old: old.error_code, new: new.error_code},
            {field: 'recording_url', old: old.recording_url, new: new.recording_url},
            {field: 'flags', old: array_to_string(old.flags, ', '), new: array_to_string(new.flags, ', ')},
            {field: 'extra', old: old.extra::varchar, new: new.extra::varchar}
        ] end, recursive := true),
        new.source, new.call_sid
    from slice
    join calls_now as new using (source, direction, call_sid)
    join restated_calls using (call_key)
    left join directions using (source, direction, call_sid)
    left join calls_then as old on old.source = new.source and old.call_sid = new.call_sid and old.direction = old_direction
    cross join (select timezone as zone from settings)
)
select restated_at, started_at, direction, call_group, agent, customer_number, virtual_number, field, old, new, source, call_sid
from fields
where old is distinct from new
order by restated_at, started_at, source, direction, call_sid, field;
