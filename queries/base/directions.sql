-- How the direction of a call is read.

-- A direction in upper case, letters and digits only, by which the words are compared; '' for nothing.
create or replace macro direction_word(p_text) as
    case when p_text in ('IVR', 'WEBOBD') then p_text
         when p_text is null or is_nothing(p_text) then ''
         else regexp_replace(upper(p_text), '[^\pL\pM\pN]', '', 'g') end;

-- The direction of a word as the vendor and panels use it.
create or replace macro word_direction(p_word) as
    case when p_word = 'IVR' then 'incoming'
         when p_word = 'WEBOBD' then 'outgoing'
         when list_contains(['INCOMING', 'INBOUND', 'IN', 'INCOMINGCALL', 'INBOUNDCALL', 'CALLIN', 'INBOUNDIVR', 'INCOMINGIVR', 'IVRINBOUND',
                             'IVRINCOMING', 'IVRCALL'], p_word) then 'incoming'
         when list_contains(['OUTGOING', 'OUTBOUND', 'OUT', 'OUTGOINGCALL', 'OUTBOUNDCALL', 'CALLOUT', 'OBD', 'WEBOBDAPI', 'OUTBOUNDAPI',
                             'OUTBOUNDDIAL', 'CLICKTOCALL', 'CLICK2CALL', 'C2C', 'DIALER', 'DIALLER', 'AUTODIALER', 'POWERDIALER',
                             'PREDICTIVEDIALER'], p_word) then 'outgoing'
         else 'unknown' end;

create or replace macro call_direction(p_text) as word_direction(direction_word(p_text));

-- The direction of each call and word, for words other than the vendor's. A configured word wins. An unknown word takes the direction of the call
-- with the same source and id, if only one has it. is_open are those that nothing gives a direction.
create or replace macro directions_of(p_versions, p_live) as table
with
sent as materialized (
    select distinct source, call_key, sent_direction from query_table(p_versions) where coalesce(sent_direction, '') not in ('IVR', 'WEBOBD')
    union
    select distinct source, call_key, sent_direction from query_table(p_live) where coalesce(sent_direction, '') not in ('IVR', 'WEBOBD')
),
worded as materialized (
    select call_key, sent_direction, coalesce(words.direction, call_direction(sent_direction)) as direction
    from sent left join (select source, direction_word(word) as word, direction from direction_words) as words
        on words.source = sent.source and words.word = direction_word(sent.sent_direction)
),
known as (
    select call_key, case when min(direction) = max(direction) then min(direction) else 'unknown' end as direction
    from (
        select call_key, direction from worded
        union all
        select call_key, direction from query_table(p_versions) where sent_direction in ('IVR', 'WEBOBD')
        union all
        select call_key, direction from query_table(p_live) where sent_direction in ('IVR', 'WEBOBD')
    ) semi join (select call_key from worded where direction = 'unknown') using (call_key)
    where direction <> 'unknown'
    group by call_key
)
select
    call_key, sent_direction,
    case when worded.direction = 'unknown' then coalesce(known.direction, 'unknown') else worded.direction end as direction,
    known.direction is null and worded.direction = 'unknown' as is_open
from worded left join known using (call_key);

-- The same with the direction of open calls that have no word for it either, from what only one direction has: a campaign, a failed leg, and an
-- agent who rang for three seconds before leg A was picked up are outgoing; the IVR picks leg A up at once, and only in reports of incoming
-- calls can nobody be dialled.
create or replace macro inferred_directions(p_versions, p_live, p_directions, p_statuses) as table
with
sent as (
    select
        source, call_key, call_sid, true as is_report, last_received_at, start_time, leg_a_picked_time, campid, source_number, dial_whom_number,
        status, callstatus, sent_direction
    from query_table(p_versions) semi join (from query_table(p_directions) where is_open) using (call_key)
    union all by name
    select source, call_key, false as is_report, campid, sent_direction
    from query_table(p_live) semi join (from query_table(p_directions) where is_open) using (call_key)
),
-- Lists, so that a macro is bound once for all fields.
read_values as (
    select
        sent.source, call_key, call_sid, is_report,
        list_transform([campid, source_number, dial_whom_number, status, callstatus, sent_direction], lambda text:
            clean_name(sent_text(text, nothing_values))) as texts,
        list_transform([start_time, leg_a_picked_time], lambda text: examined_time(sent_text(text, nothing_values),
            coalesce(date_order, 'dmy'), coalesce(timezone, 'Asia/Kolkata'), call_sid, last_received_at).found) as times
    from sent left join source_settings() as settings using (source)
),
evidence as (
    select
        source, call_key, is_report, texts, coalesce(texts[4], texts[5]) as status,
        times[2] as leg_a_picked_at, coalesce(times[1], to_timestamp(call_sid_second(call_sid))) as started_at
    from read_values
),
inferred as (
    select
        call_key,
        case when bool_or(texts[6] is not null) then 'unknown'
             when bool_or(texts[1] is not null or failed_leg is not null
                          or coalesce(leg_a_picked_at >= started_at + interval 3 seconds and within_call(started_at, leg_a_picked_at), false)) then 'outgoing'
             when bool_or(leg_a_picked_at = started_at)
               or bool_or(texts[2] is not null) and not bool_or(texts[3] is not null) filter (where is_report) then 'incoming'
             else 'unknown' end as direction
    from evidence left join query_table(p_statuses) as statuses
        on statuses.source = evidence.source and statuses.status = evidence.status
    group by call_key
)
select directions.* replace (coalesce(inferred.direction, directions.direction) as direction)
from query_table(p_directions) as directions left join inferred using (call_key);

-- Reports or live events with these directions; there are few where the vendor's webhooks are the source. sent_direction is NULL where
-- nothing names a known direction.
create or replace macro directed(p_versions, p_directions) as table
select versions.* replace (
    coalesce(directions.direction, versions.direction) as direction,
    case when directions.call_key is null then versions.sent_direction
         when not is_open then directions.direction end as sent_direction)
from query_table(p_versions) as versions
left join query_table(p_directions) as directions
    on directions.call_key = versions.call_key and directions.sent_direction is not distinct from versions.sent_direction;
