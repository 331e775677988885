-- The deliveries of every report and live event that was delivered more than once, staged and stored. A delivery that was read
-- twice, from a copy of its file, is in here twice.
create or replace temp table read_deliveries as
select kind, direction, call_key, content_hash, received_at, reported_at, imported, from_list, id, 1 as deliveries
from staged semi join (
    select kind, direction, call_key, content_hash from repeated_staged
    union
    select kind, direction, call_key, content_hash from duplicates
) using (kind, direction, call_key, content_hash)
where reason is null
union all
select kind, direction, call_key, content_hash, received_at, reported_at, imported, from_list, id, deliveries
from repeated_deliveries semi join duplicates using (kind, direction, call_key, content_hash)
union all
select kind, direction, call_key, content_hash, last_received_at, reported_at, imported, from_list, last_id, 1
from duplicates
where deliveries = 1;

-- Each of them once: lines with the same id and time of receipt are one delivery. Lines without an id cannot be told apart, so
-- they are counted.
create or replace temp table distinct_deliveries as
select
    kind, direction, call_key, content_hash, received_at, max(reported_at) as reported_at, bool_and(imported) as imported,
    bool_and(from_list) as from_list, id,
    case when id is null then sum(deliveries) else 1 end::bigint as deliveries
from read_deliveries
group by kind, direction, call_key, content_hash, received_at, id;

create or replace temp table delivery_totals as
select
    kind, direction, call_key, content_hash,
    min(received_at) as first_received_at,
    max(received_at) as last_received_at,
    counting_delivery(reported_at, id, imported).reported_at as reported_at,
    nullif(counting_delivery(reported_at, id, imported).id, '') as last_id,
    bool_and(imported) as imported,
    bool_and(from_list) as from_list,
    sum(deliveries)::bigint as deliveries
from distinct_deliveries
group by kind, direction, call_key, content_hash;

-- The staged reports and live events, each with the totals of all its deliveries.
create or replace temp view versions as
select
    staged_versions.* exclude (received_at, id) replace (
        coalesce(totals.reported_at, staged_versions.reported_at) as reported_at,
        coalesce(totals.imported, staged_versions.imported) as imported,
        coalesce(totals.from_list, staged_versions.from_list) as from_list),
    coalesce(totals.first_received_at, staged_versions.received_at) as first_received_at,
    coalesce(totals.last_received_at, staged_versions.received_at) as last_received_at,
    coalesce(totals.deliveries, 1) as deliveries,
    case when totals.deliveries is null then staged_versions.id else totals.last_id end as last_id
from staged_versions left join delivery_totals as totals using (kind, direction, call_key, content_hash);

-- Those that are not stored yet, and the new totals of those that are.
create or replace temp view new_versions as
from versions anti join duplicates using (kind, direction, call_key, content_hash);

create or replace temp view duplicate_totals as
select
    delivery_totals.*, duplicates.call_sid, duplicates.extra, nullif(duplicates.sent_direction, '') as sent_direction, duplicates.leg_a_picked_time
from delivery_totals join duplicates using (kind, direction, call_key, content_hash);
