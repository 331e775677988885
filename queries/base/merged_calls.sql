-- How many different reports and live events each call has, and whether they seem to name several phones of agents. That goes by the
-- last characters of the numbers, or by the whole address sip:1001@pbx, which is fast, and may be true for others. p_directions are the
-- directions_of both.
create or replace macro counted_calls(p_versions, p_live, p_directions) as table
select
    call_key,
    min(call_sid) as call_sid,
    count(*) as versions,
    count(*) filter (where is_report) as reports,
    coalesce(min(ending) <> max(ending) or count(ending) > 0 and count(ending) filter (where is_report) = 0, false) as has_several_phones
from (
    select call_key, call_sid, is_report, case when try_cast(right(number, 10) as bigint) is not null then right(number, 10) else number end as ending
    from (
        select call_key, call_sid, true as is_report, nullif(agent_number_text(source, direction, source_number, dial_whom_number), '') as number
        from directed(p_versions, p_directions)
        union all
        select call_key, call_sid, false, nullif(agent_number_text(source, direction, source_number, dial_whom_number), '')
        from directed(p_live, p_directions)
    )
)
group by call_key;

-- The statuses of reports, and those of live events as they were sent, by source, each with its outcome. There are few different ones, so each is
-- parsed once.
create or replace macro statuses_of(p_versions, p_live) as table
with sent as (
    select status_text(sent_text(status, nothing_values), sent_text(callstatus, nothing_values)) as status, source
    from (select distinct source, status, callstatus from query_table(p_versions)) left join source_settings() using (source)
    union
    select status, source
    from (select distinct source, status from query_table(p_live)) left join source_settings() using (source)
    where sent_text(status, nothing_values) is not null
)
from status_outcomes(sent);

-- One row per call whose reports name one phone at most, from versions of its reports and from live events, in whatever order they
-- were received. combined_calls computes the others from their legs.
--
-- A call exists once it has a report. Each field has the latest value that is not empty; a report outranks a live event. Reports
-- that differ in the status, a duration or a time contradict each other; other differences are corrections.
--
-- p_calls are the counted_calls, p_directions the directions_of both, p_statuses the statuses_of both, p_days the zone_days_of both.
create or replace macro merged_calls(p_versions, p_live, p_calls, p_directions, p_statuses, p_days) as table
with
-- Most calls have one report; only those with several are merged. Versions that were reported at the same time, as the elements of one
-- array body or the rows of one export are, are ordered by id, then by content.
several_keys as not materialized (select call_key from query_table(p_calls) where reports > 1),
ranked as not materialized (
    select * exclude (content_hash, last_id), last_received_at as received_at, null::bigint as rank
    from directed(p_versions, p_directions) anti join several_keys using (call_key)
    union all by name
    select
        * exclude (content_hash, last_id), last_received_at as received_at,
        row_number() over (partition by call_key order by reported_at, coalesce(last_id, ''), content_hash) as rank
    from directed(p_versions, p_directions) semi join several_keys using (call_key)
),
-- Cleaned in one place, since binding it takes longer than reading the lines of a small load.
read_versions as not materialized (
    select versions.*, statuses.known_outcome, statuses.failed_leg
    from cleaned(ranked, p_days) as versions
    left join query_table(p_statuses) as statuses on statuses.source = versions.source and statuses.status = versions.status
),
merged as not materialized (
    select *, false as conflicting_versions, 1 as versions
    from read_versions
    where rank is null
    union all by name
    select
        source, direction, call_sid, call_key,
        arg_max(columns(* exclude (source, direction, call_sid, call_key, zone, outgoing_caller_is_agent, rank,
                                   first_received_at, last_received_at, reported_at, imported, from_list, deliveries, known_outcome, failed_leg,
                                   conflicting_values, unreadable_value, dropped_fraction, unreadable_start, unreadable_time,
                                   leg_a_sent)), rank),
        arg_max_null(columns(['known_outcome', 'failed_leg']), rank) filter (where status is not null),
        max(zone) as zone,
        bool_or(outgoing_caller_is_agent) as outgoing_caller_is_agent,
        bool_or(conflicting_values) as conflicting_values,
        bool_or(unreadable_value) as unreadable_value,
        bool_or(dropped_fraction) as dropped_fraction,
        bool_or(unreadable_start) as unreadable_start,
        bool_or(unreadable_time) as unreadable_time,
        bool_or(leg_a_sent) as leg_a_sent,
        coalesce(min(known_outcome) <> max(known_outcome)
            or min(reported_call_seconds) <> max(reported_call_seconds) or min(reported_talk_seconds) <> max(reported_talk_seconds)
            or min(start_time) <> max(start_time)
            or min(end_time) <> max(end_time) or min(leg_b_picked_time) <> max(leg_b_picked_time), false) as conflicting_versions,
        count(*) as versions,
        sum(deliveries)::bigint as deliveries,
        min(first_received_at) as first_received_at,
        max(last_received_at) as last_received_at,
        max(reported_at) as reported_at,
        bool_and(imported) as imported,
        bool_and(from_list) as from_list
    from read_versions
    where rank is not null
    group by source, direction, call_sid, call_key
),
live as not materialized (
    select events.* exclude (status), coalesce(is_picked, false) as is_picked, last_received_at as received_at
    from directed(p_live, p_directions) as events
    semi join (select call_key from query_table(p_calls) where reports > 0) as reported using (call_key)
    left join query_table(p_statuses) as statuses on statuses.source = events.source and statuses.status = events.status
),
tied as materialized (select call_key from live group by call_key, reported_at having count(*) > 1),
-- Live events of an agent who picked up are above others, then the order is that of versions. The rank is one integer because arg_max over a
-- struct of these, or a window over all live events, takes half as long again.
ranked_live as not materialized (
    select *, epoch_us(reported_at) + (is_picked::bigint << 60) as rank
    from live anti join tied using (call_key)
    union all by name
    select *, row_number() over (partition by call_key order by is_picked, reported_at, coalesce(last_id, ''), content_hash) as rank
    from live semi join tied using (call_key)
),
merged_live as not materialized (
    select
        source, direction, call_sid, call_key,
        arg_max(columns(* exclude (source, direction, call_sid, call_key, rank, conflicting_values, unreadable_value, unreadable_start)), rank),
        bool_or(columns(['conflicting_values', 'unreadable_value', 'unreadable_start']))
    from cleaned_live(ranked_live, p_days)
    group by source, direction, call_sid, call_key
),
with_live as not materialized (
    select
        merged.* replace (
            coalesce(merged.sent_direction, live.sent_direction) as sent_direction,
            coalesce(merged.source_number, live.source_number) as source_number,
            coalesce(merged.virtual_number, live.virtual_number) as virtual_number,
            coalesce(merged.dial_whom_number, live.dial_whom_number) as dial_whom_number,
            coalesce(merged.start_time, live.start_time) as start_time,
            coalesce(merged.campaign_id, live.campaign_id) as campaign_id,
            coalesce(merged.reported_group, live.reported_group) as reported_group,
            merged.conflicting_values or coalesce(live.conflicting_values, false) as conflicting_values,
            merged.unreadable_value or coalesce(live.unreadable_value, false) as unreadable_value,
            merged.unreadable_start or coalesce(live.unreadable_start, false) as unreadable_start),
        merged.source_number is not null as source_number_reported,
        merged.dial_whom_number is not null as dial_whom_number_reported
    from merged left join merged_live as live using (source, direction, call_sid, call_key)
),
with_second as (
    select
        *,
        call_sid_second(call_sid) as sid_second,
        start_time is null as start_unknown,
        clock_shift(start_time, call_sid_second(call_sid), zone) as shift
    from with_live
),
with_start as (
    select
        *,
        case when shift is not null then start_time + to_seconds(shift)
             else coalesce(start_time,
                 case when sid_second - epoch(last_received_at) <= longest_call_seconds() then to_timestamp(sid_second) end,
                 plausible_time(end_time, last_received_at) - to_seconds(coalesce(reported_call_seconds, 0)),
                 first_received_at) end as started_at
    from with_second
),
with_shift as (
    select
        with_start.* exclude (start_time, end_time, leg_a_picked_time, leg_b_start_time, leg_b_picked_time),
        shifted_time(end_time, shift, started_at, zone) as sent_end,
        shifted_time(leg_a_picked_time, shift, started_at, zone) as sent_leg_a_picked,
        shifted_time(leg_b_start_time, shift, started_at, zone) as sent_leg_b_start,
        shifted_time(leg_b_picked_time, shift, started_at, zone) as sent_leg_b_picked
    from with_start
),
with_parties as (
    select
        *,
        case when direction = 'outgoing' and outgoing_caller_is_agent then dial_whom_number
             else source_number end as customer_number,
        case when direction = 'outgoing' and outgoing_caller_is_agent then source_number
             else dial_whom_number end as sent_agent_number,
        case when direction = 'outgoing' and outgoing_caller_is_agent then source_number_reported
             else dial_whom_number_reported end as agent_number_reported
    from with_shift
),
-- A time long after the start cannot be one of the call, so it is unknown. An end before the start is kept, and flagged.
with_times as (
    select
        *,
        number_key(customer_number) as customer_key,
        start_unknown and not unreadable_start as derived_start,
        case when within_call(started_at, sent_end) or sent_end < started_at then sent_end end as reported_end,
        coalesce(reported_end, started_at + to_seconds(reported_call_seconds)) as ended_at,
        case when within_call(started_at, sent_leg_a_picked) then sent_leg_a_picked end as leg_a_picked_at,
        leg_a_picked_at is not null or leg_a_sent and sent_leg_a_picked is null and not unreadable_time as leg_a_reported,
        case when within_call(started_at, sent_leg_b_start) then sent_leg_b_start end as leg_b_started_at,
        case when within_call(started_at, sent_leg_b_picked) then sent_leg_b_picked end as leg_b_picked_at
    from with_parties
),
with_outcome as (
    select
        with_times.*,
        local_time(started_at, (select timezone from settings)) as local_start,
        coalesce(known_outcome = 'answered', reported_talk_seconds > 0 or leg_b_picked_at is not null, false) as answered,
        -- A phone that only live events name rang; that of a missed call counts for nobody.
        case when answered or agent_number_reported then sent_agent_number end as agent_number,
        coalesce(reported_call_seconds, positive_seconds(started_at, ended_at)) as call_seconds
    from with_times
),
-- A layer of its own, since an expression is copied to wherever its name is used in the same select.
with_phone as (
    select
        *, phone_key(agent_number) as agent_key, phone_key(virtual_number) as number_key, single_spaced(reported_agent_name) as reported_name
    from with_outcome
),
with_directory as (
    select
        with_phone.*,
        case when not answered then 0
             else coalesce(reported_talk_seconds, positive_seconds(leg_b_picked_at, ended_at)) end as talk_seconds,
        -- name_agents.sql then adds the names of other reports and the spellings: with_agents() has this order, too.
        coalesce(reported_name, configured_agents.agent_name, listed_agents.agent_name) as agent_name,
        coalesce(reported_group, configured_numbers.call_group, listed_numbers.call_group) as call_group,
        configured_number
    from with_phone
    left join (from agent_directory where source is null) as configured_agents
        on configured_agents.agent_key = with_phone.agent_key
        and local_start::date between coalesce(configured_agents.valid_from, '-infinity')
                                  and coalesce(configured_agents.valid_to, 'infinity')
    left join (from agent_directory where source is not null) as listed_agents
        on listed_agents.source = with_phone.source and listed_agents.agent_key = with_phone.agent_key
        and local_start::date between coalesce(listed_agents.valid_from, '-infinity') and coalesce(listed_agents.valid_to, 'infinity')
    left join (
        select number_key, min(call_group) as call_group, min(virtual_number) as configured_number
        from number_groups
        where source is null
        group by number_key) as configured_numbers
        on configured_numbers.number_key = with_phone.number_key
    left join (from number_groups where source is not null) as listed_numbers
        on listed_numbers.source = with_phone.source and listed_numbers.number_key = with_phone.number_key
        and local_start::date between coalesce(listed_numbers.valid_from, '-infinity') and coalesce(listed_numbers.valid_to, 'infinity')
)
select
    source, direction, call_sid, call_key, started_at, ended_at,
    local_start::date as local_day,
    hour(local_start)::tinyint as local_hour,
    isodow(local_start)::tinyint as weekday,
    coalesce(configured_number, virtual_number) as virtual_number, virtual_number as reported_virtual_number, customer_number, agent_number,
    customer_key,
    agent_key, reported_name as reported_agent_name, agent_name,
    coalesce(agent_name, case when agent_key is not null then agent_number end) as agent,
    call_group,
    case when reported_group is not null then 'reported'
         when call_group is not null then 'number'
         else 'none' end as group_basis,
    case when direction = 'outgoing' then campaign_id end as campaign_id,
    status,
    coalesce(known_outcome, 'unknown') as outcome,
    coalesce(failed_leg, outgoing_failed_leg(direction, answered, known_outcome, leg_a_picked_at, leg_a_reported)) as failed_leg,
    answered, call_seconds, talk_seconds,
    case when direction <> 'incoming' then null
         when not answered then positive_seconds(started_at, ended_at)
         when leg_b_picked_at is not null or sent_leg_b_picked < started_at then positive_seconds(started_at, leg_b_picked_at)
         when reported_call_seconds >= reported_talk_seconds then reported_call_seconds - reported_talk_seconds end as wait_seconds,
    positive_seconds(leg_b_started_at, case when answered then leg_b_picked_at else ended_at end) as ring_seconds,
    case when direction = 'outgoing' then positive_seconds(started_at, leg_a_picked_at) end as agent_ring_seconds,
    coins,
    is_business_time(local_start) as in_business_hours,
    is_short_abandon(direction, answered, known_outcome, call_seconds) as short_abandon,
    -- A text that is split: filtering a list takes half as long again.
    coalesce(string_split(nullif(concat_ws(',',
        case when reported_talk_seconds > call_seconds then 'talk_over_call' end,
        case when ended_at < started_at then 'end_before_start' end,
        case when sent_leg_a_picked < started_at or sent_leg_b_start < started_at
               or sent_leg_b_picked < started_at or sent_leg_b_picked < sent_leg_b_start or sent_leg_b_picked > ended_at then 'legs_out_of_order' end,
        case when answered and talk_seconds = 0 then 'answered_without_talk' end,
        case when not answered and reported_talk_seconds > 0 then 'talk_without_answer' end,
        case when not start_unknown and (abs(epoch(started_at) - sid_second) > 60 or epoch(started_at) - epoch(first_received_at) > 60)
            then 'clock_mismatch' end,
        case when reported_talk_seconds is null and talk_seconds is null then 'unknown_talk'
             when reported_talk_seconds is null and answered then 'derived_talk' end,
        case when call_seconds is null then 'unknown_duration' when reported_call_seconds is null then 'derived_duration' end,
        case when derived_start then 'derived_start' end,
        case when reported_end is null and ended_at is not null then 'derived_end' end,
        case when answered and leg_b_picked_at is null and wait_seconds is not null then 'derived_wait' end,
        case when status is null then 'no_status' end,
        case when known_outcome is null and status is not null then 'unknown_status' end,
        case when sent_direction is null and direction <> 'unknown' then 'derived_direction' end,
        case when direction = 'unknown' then 'unknown_direction' end,
        case when abs(reported_call_seconds - (epoch(reported_end) - epoch(started_at))) > 60 and not start_unknown
            then 'duration_mismatch' end,
        case when conflicting_values then 'conflicting_values' end,
        case when conflicting_versions then 'conflicting_versions' end,
        case when unreadable_value then 'unreadable_value' end,
        case when dropped_fraction then 'dropped_fraction' end,
        case when customer_key is null and not is_anonymous(customer_number) or agent_key is null and is_damaged_number(agent_number)
               or is_damaged_number(virtual_number) then 'unreadable_number' end,
        case when unreadable_start or unreadable_time
               or sent_end is not null and reported_end is null or sent_leg_a_picked is not null and leg_a_picked_at is null
               or sent_leg_b_start is not null and leg_b_started_at is null
               or sent_leg_b_picked is not null and leg_b_picked_at is null then 'unreadable_time' end
    ), ''), ','), []) as flags,
    recording_url, circle, ivr_key, error_code, leg_a_reported, leg_a_picked_at, leg_b_started_at, leg_b_picked_at, extra,
    versions, deliveries, first_received_at, last_received_at, reported_at, imported, from_list,
    'all calls' as everything
from with_directory;
