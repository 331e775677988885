-- The calls of the staged lists, as they would be if each list were all there is: by the same macros as those of webhooks, so that they compare.
-- A call that two lists have is one of each, so it has a key for each.
create or replace temp table list_rows as
select
    staged.* exclude (source, byte_offset, text, payload, event, received_at) replace (hash(call_key, staged.file) as call_key),
    new_lists.source, day, fetched_at, staged.call_key as sent_key
from staged join new_lists using (file)
where reason is null and kind = 'call_report';

-- Rows with the same fields are deliveries of one report.
create or replace temp view list_versions as
select
    max(columns(* exclude (file, line, reason, kind, id, direction, call_key, content_hash, day, fetched_at, sent_key, extra))),
    direction, call_key, content_hash, min(extra) as extra, max(id) as last_id,
    min(fetched_at) as first_received_at, max(fetched_at) as last_received_at, count(*) as deliveries
from list_rows
group by direction, call_key, content_hash;

create or replace temp view no_live_events as from live_events where false;

create or replace temp table typed_calls as from calls_from(list_versions, no_live_events);

create or replace temp table listed_calls as
with
rows as (
    select
        list_rows.* replace (typed_calls.direction as direction), nothing_values, sent_text(coins, nothing_values) as sent_coins,
        sent_text(agent_number_text(source, typed_calls.direction, source_number, dial_whom_number), nothing_values) as phone
    from list_rows
    join (select call_key, direction from typed_calls) as typed_calls
        on typed_calls.call_key = list_rows.call_key
        and (typed_calls.direction = list_rows.direction or 'unknown' in (typed_calls.direction, list_rows.direction))
    left join source_settings() using (source)
),
charged as (
    select
        call_key,
        direction,
        max(day) as day,
        max(fetched_at) as fetched_at,
        max(sent_key) as sent_key,
        arg_max(content_hash, (id, content_hash)) as content_hash,
        count(*) as list_rows,
        list(line order by line) as lines,
        sum(coins_of(try_cast(sent_coins as decimal(18, 4)), sent_coins)) as charged_coins,
        count(distinct phone_key(read_number(phone))) as list_phones,
        bool_or(not is_nothing(sent_text(talk_duration, nothing_values)) or trimmed(talk_duration) = '0') as has_talk
    from rows
    group by call_key, direction
)
select
    typed_calls.* replace (
        sent_key as call_key,
        -- 0 unless answered, but a list that says neither a status nor a talk does not say that.
        case when answered or outcome <> 'unknown' or has_talk then talk_seconds end as talk_seconds),
    day, fetched_at, content_hash, list_rows, lines, charged_coins, list_phones
from typed_calls join charged using (call_key, direction);
