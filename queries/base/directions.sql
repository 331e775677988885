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

-- The direction of a report or live event by its call and its word, of those in which it is not one of the vendor's. A configured word comes
-- first. Those without a direction belong to the call of the same source and id that has one; if two have, it is ambiguous.
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
    select call_key, case when min(direction) = max(direction) then min(direction) else 'ambiguous' end as direction
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
select call_key, sent_direction, case when worded.direction = 'unknown' then coalesce(known.direction, 'unknown') else worded.direction end as direction
from worded left join known using (call_key);

-- Reports or live events with these directions; there are few where the vendor's webhooks are the source.
create or replace macro directed(p_versions, p_directions) as table
select versions.* replace (coalesce(directions.direction, versions.direction) as direction)
from query_table(p_versions) as versions
left join query_table(p_directions) as directions
    on directions.call_key = versions.call_key and directions.sent_direction is not distinct from versions.sent_direction;

-- The direction of a call whose reports name none, from what only one direction has: a campaign, a failed leg, and an agent who rang for
-- three seconds before leg A was picked up are outgoing; the IVR picks leg A up at once, and only an incoming call can have nobody who was
-- dialled.
create or replace macro inferred_direction(p_campaign, p_failed_leg, p_started, p_leg_a_picked, p_source, p_dialled) as
    case when p_campaign is not null or p_failed_leg is not null then 'outgoing'
         when p_leg_a_picked >= p_started + interval 3 seconds and within_call(p_started, p_leg_a_picked) then 'outgoing'
         when p_leg_a_picked = p_started or p_source is not null and p_dialled is null then 'incoming'
         else 'unknown' end;
