-- Every undocumented field, status word, direction word and event of another kind received so far, and how often.
create or replace macro census_of() as table
with
keys as (
    select unnest(json_keys(extra)) as name, deliveries from call_versions where extra is not null
    union all
    select unnest(json_keys(extra)), deliveries from live_events where extra is not null
),
-- Grouped as they were sent, which are few, before they are cleaned.
sent as materialized (
    select
        source, sent_text(status, nothing_values) as status, sent_text(callstatus, nothing_values) as callstatus,
        sent_text(sent_direction, nothing_values) as sent_direction, deliveries
    from (
        select source, status, callstatus, sent_direction, sum(deliveries)::bigint as deliveries from call_versions group by all
        union all
        select source, status, null, sent_direction, sum(deliveries)::bigint from live_events group by all
    ) left join source_settings() using (source)
),
sent_statuses as (
    select source, status, sum(deliveries)::bigint as deliveries
    from (select source, status_text(status, callstatus) as status, deliveries from sent)
    where status is not null
    group by all
),
outcomes as (from status_outcomes(sent_statuses)),
sent_directions as (
    select source, trim(sent_direction) as name, sum(deliveries)::bigint as deliveries
    from sent
    where direction_word(sent_direction) <> ''
    group by all
)
select 'key' as kind, name, sum(deliveries)::bigint as deliveries, is_known_key(name) as known
from keys group by all
union all
select 'status', status, sum(deliveries)::bigint, bool_and(known_outcome is not null or is_live_word(status))
from sent_statuses join outcomes using (source, status) group by all
union all
select 'direction', name, sum(deliveries)::bigint, bool_and(call_direction(name) <> 'unknown' or words.direction is not null)
from sent_directions left join (select source, direction_word(word) as word, direction from direction_words) as words
    on words.source = sent_directions.source and words.word = direction_word(name)
group by all
union all
select kind, name, deliveries, false
from events_of();
