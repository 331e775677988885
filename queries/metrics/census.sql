-- Every undocumented field, status word and event of another kind received so far, and how often.
create or replace macro census_of() as table
with
keys as (
    select unnest(json_keys(extra)) as name, deliveries from call_versions where extra is not null
    union all
    select unnest(json_keys(extra)), deliveries from live_events where extra is not null
),
sent_statuses as (
    select status, sum(deliveries)::bigint as deliveries
    from (
        select coalesce(nullif(trim(status), ''), trim(callstatus)) as status, deliveries from call_versions
        union all
        select trim(status), deliveries from live_events
    )
    where status <> ''
    group by all
),
outcomes as (from status_outcomes(sent_statuses))
select 'key' as kind, name, sum(deliveries)::bigint as deliveries, is_known_key(name) as known
from keys group by all
union all
select 'status', status, deliveries, known_outcome is not null or is_live_word(status)
from sent_statuses join outcomes using (status)
union all
select kind, name, deliveries, false
from events_of();
