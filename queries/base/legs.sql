-- Calls that several phones took part in. Reports of a call that name different phones are about different legs; those that name the
-- same phone, or none, are versions of that leg.

-- Reports or live events, each with the phone that it names, its number, and the nothing_values of its source. In layers, since a macro's argument is
-- copied to wherever the macro uses it.
create or replace macro with_phones(p_versions, p_directions) as table
select *, phone_key(named_number) as phone
from (
    select * exclude (sent_number), read_number(sent_number) as named_number
    from (
        select
            versions.*, nothing_values,
            sent_text(agent_number_text(source, direction, source_number, dial_whom_number), nothing_values) as sent_number
        from directed(p_versions, p_directions) as versions
        left join (select source, nothing_values from source_settings()) as settings using (source)
    )
);

-- The calls of which reports name several phones.
create or replace macro shared_calls(p_versions, p_calls, p_directions) as table
with candidates as not materialized (
    from query_table(p_versions) semi join (from query_table(p_calls) where has_several_phones and reports > 1) using (call_key)
)
select distinct call_key
from (
    select call_key
    from with_phones(candidates, p_directions)
    group by direction, call_key
    having count(distinct phone) > 1
);

-- The reports of these calls, each with a key of its leg. A report that names no phone belongs to the leg with the same name, else
-- with a status that means the same, else to that of the report before it, else of the one after it.
create or replace macro leg_versions(p_versions, p_shared, p_directions) as table
with
shared_versions as not materialized (from query_table(p_versions) semi join query_table(p_shared) using (call_key)),
reports as (
    select
        *,
        lower(single_spaced(clean_name(sent_text(receiver_name, nothing_values)))) as name,
        status_text(sent_text(status, nothing_values), sent_text(callstatus, nothing_values)) as sent_status
    from with_phones(shared_versions, p_directions)
),
sent_statuses as (select distinct source, sent_status as status from reports where sent_status is not null),
outcomes as (from status_outcomes(sent_statuses)),
compared as (
    select reports.*, coalesce(known_outcome || coalesce(' ' || failed_leg, ''), status_word(sent_status)) as result
    from reports left join outcomes on outcomes.source = reports.source and outcomes.status = sent_status
),
adopted as (
    select
        direction, call_key, unnumbered.content_hash,
        arg_max(numbered.phone, (
            coalesce(numbered.name = unnumbered.name, false), coalesce(numbered.result = unnumbered.result, false),
            case when numbered.reported_at <= unnumbered.reported_at then epoch_us(numbered.reported_at)
                 else -epoch_us(numbered.reported_at) end,
            numbered.phone)) as phone
    from compared as unnumbered join compared as numbered using (direction, call_key)
    where unnumbered.phone is null and numbered.phone is not null
    group by direction, call_key, unnumbered.content_hash
)
select
    reports.* exclude (named_number, nothing_values, phone, name, sent_status),
    hash(call_key, direction, coalesce(reports.phone, adopted.phone, '')) as leg_key
from reports left join adopted using (direction, call_key, content_hash);

-- The live events of these calls, once for each leg. p_legs are the leg_versions.
create or replace macro leg_live_events(p_live, p_legs, p_directions) as table
select live.*, legs.leg_key
from directed(p_live, p_directions) as live
join (select distinct direction, call_key, leg_key from query_table(p_legs)) as legs using (direction, call_key);

-- The legs of these calls, a row each with the columns of a call.
create or replace macro report_legs(p_versions, p_live, p_shared, p_directions, p_statuses, p_days) as table
with
keyed as materialized (from leg_versions(p_versions, p_shared, p_directions)),
leg_reports as materialized (select * exclude (leg_key) replace (leg_key as call_key) from keyed),
leg_live as materialized (select * exclude (leg_key) replace (leg_key as call_key) from leg_live_events(p_live, keyed, p_directions)),
counted as materialized (from counted_calls(leg_reports, leg_live, p_directions))
select legs.* replace (leg_keys.call_key as call_key)
from merged_calls(leg_reports, leg_live, counted, p_directions, p_statuses, p_days) as legs
join (select distinct call_key, leg_key from keyed) as leg_keys on leg_keys.leg_key = legs.call_key;

-- Whether a phone rang, by the outcome of a leg: agents who are engaged are not rung.
create or replace macro phone_rang(p_outcome) as p_outcome not in ('agent_engaged', 'agent_ringing');

-- When a leg's phone began to ring and when its agent picked up. On outgoing calls the agent is called first.
create or replace macro leg_rang_at(p_outcome, p_direction, p_started_at, p_leg_b_started_at) as
    case when not phone_rang(p_outcome) then null when p_direction = 'outgoing' then p_started_at else p_leg_b_started_at end;

create or replace macro leg_picked_at(p_direction, p_answered, p_leg_a_picked_at, p_leg_b_picked_at) as
    case when p_direction = 'outgoing' then p_leg_a_picked_at when p_answered then p_leg_b_picked_at end;

-- When the talk of a call or leg began, as far as its times tell.
create or replace macro talk_began_at(p_leg_b_picked_at, p_ended_at, p_talk_seconds, p_started_at) as
    coalesce(p_leg_b_picked_at, p_ended_at - to_seconds(p_talk_seconds), p_started_at);

-- The part of a talk that is after p_until, the end of the talks before it: the sum of these parts is the union of the talks. NULL if the talk
-- is unknown.
create or replace macro uncovered_talk(p_begins, p_ends, p_until) as
    case when p_ends is not null then greatest(p_ends - greatest(p_begins, p_until), 0) end;

-- The legs in order: answered ones first, by when the talk began; then the others, newest first. The first one is the leg of the
-- agent whom the call counts for.
create or replace macro ordered_legs(p_legs) as table
select
    *,
    talk_began_at(leg_b_picked_at, ended_at, talk_seconds, started_at) as talk_from,
    row_number() over (
        partition by direction, call_key
        order by answered desc, case when answered then talk_from end, reported_at desc, agent_key, customer_number) as leg_order
from query_table(p_legs);

-- One row per call from its legs. The agent, the status and what else is a leg's are those of the first leg. The call lasts from the
-- first start to the last end; its talk is the union of the legs' talk. Other values are the newest of an answered leg, else of any.
create or replace macro combined_calls(p_legs) as table
with
legs as (
    select
        *,
        min(started_at) over call as call_started_at,
        epoch_us(talk_from) as talk_begins,
        talk_begins + talk_seconds * 1000000 as talk_ends,
        max(talk_ends) over (
            partition by direction, call_key order by talk_from, leg_order rows between unbounded preceding and 1 preceding) as talked_until,
        row_number() over (partition by direction, call_key order by answered desc, reported_at desc, leg_order) as newness
    from ordered_legs(p_legs)
    window call as (partition by direction, call_key)
),
calls as (
    select
        source, direction, call_sid, call_key,
        arg_min(columns(['local_day', 'local_hour', 'weekday', 'in_business_hours']), (started_at, leg_order)),
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        arg_min(columns(['virtual_number', 'reported_virtual_number', 'customer_number', 'campaign_id', 'coins', 'recording_url', 'circle', 'ivr_key', 'error_code', 'extra']), newness),
        max(columns([
            'agent_number', 'agent_key', 'reported_agent_name', 'agent_name', 'agent', 'call_group', 'group_basis', 'status', 'outcome',
            'failed_leg', 'answered', 'ring_seconds', 'agent_ring_seconds', 'leg_a_reported', 'leg_a_picked_at', 'leg_b_started_at', 'leg_b_picked_at'
        ])) filter (where leg_order = 1),
        (max(epoch(started_at) + call_seconds) - min(epoch(started_at)))::bigint as call_seconds,
        case when bool_or(answered)
             then (sum(uncovered_talk(talk_begins, talk_ends, talked_until)) filter (where answered) / 1000000)::bigint
             else 0 end as talk_seconds,
        case when bool_or(answered)
             then max(wait_seconds + (epoch(started_at) - epoch(call_started_at))::bigint) filter (where leg_order = 1)
             when direction = 'incoming' then positive_seconds(min(started_at), max(ended_at)) end as wait_seconds,
        list_sort(list_distinct(flatten(list(list_filter(flags, lambda flag:
            (flag <> 'clock_mismatch' or started_at = call_started_at) and (flag <> 'derived_wait' or leg_order = 1)) order by leg_order)))) as flags,
        sum(versions)::bigint as versions,
        sum(deliveries)::bigint as deliveries,
        min(first_received_at) as first_received_at,
        max(last_received_at) as last_received_at,
        max(reported_at) as reported_at,
        bool_and(imported) as imported,
        bool_and(from_list) as from_list,
        'all calls' as everything
    from legs
    group by source, direction, call_sid, call_key
)
select
    *,
    number_key(customer_number) as customer_key,
    is_short_abandon(direction, answered, outcome, call_seconds) as short_abandon
from calls;

-- One row per call, from the versions of its reports and its live events, in whatever order they were received:
--
--   from calls_from(call_versions, live_events)
--
-- The calls and the legs are merged at once, since merged_calls takes longer to plan than to run on a few calls.
create or replace macro calls_from(p_versions, p_live) as table
with
named_directions as materialized (from directions_of(p_versions, p_live)),
statuses as materialized (from statuses_of(p_versions, p_live)),
directions as materialized (from inferred_directions(p_versions, p_live, named_directions, statuses)),
zone_days as materialized (from zone_days_of(p_versions, p_live)),
counted as materialized (from counted_calls(p_versions, p_live, directions)),
shared as materialized (from shared_calls(p_versions, counted, directions)),
keyed as materialized (from leg_versions(p_versions, shared, directions)),
keyed_live as materialized (from leg_live_events(p_live, keyed, directions)),
own_versions as not materialized (
    from query_table(p_versions) anti join shared using (call_key)
    union all by name
    select * exclude (leg_key) replace (leg_key as call_key) from keyed
),
own_live as not materialized (
    from query_table(p_live) anti join shared using (call_key)
    union all by name
    select * exclude (leg_key) replace (leg_key as call_key) from keyed_live
),
own_counts as materialized (from counted_calls(own_versions, own_live, directions)),
merged as materialized (from merged_calls(own_versions, own_live, own_counts, directions, statuses, zone_days)),
leg_keys as materialized (select distinct call_key, leg_key from keyed),
legs as materialized (
    select merged.* replace (leg_keys.call_key as call_key) from merged join leg_keys on leg_keys.leg_key = merged.call_key
)
from merged anti join leg_keys on leg_keys.leg_key = merged.call_key
union all by name
from combined_calls(legs);
