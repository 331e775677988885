-- Of the calls that the staged lines say something about, those that something is known of already.
create or replace temp table known as
select distinct call_key
from (select call_key from call_versions union all select call_key from live_events) semi join fresh using (call_key);

-- The reports and live events of before that some of the staged lines are deliveries of.
create or replace temp table come_again as
select before.* replace (least(before.extra, fresh.extra) as extra) -- one spelling, whichever came first
from (
    select 'call_report' as kind, direction, call_key, content_hash, last_received_at, last_id, deliveries, extra
    from call_versions semi join known using (call_key)
    union all
    select 'live_call', direction, call_key, content_hash, last_received_at, last_id, deliveries, extra
    from live_events semi join known using (call_key)
) as before
join fresh using (kind, direction, call_key, content_hash);

-- All deliveries of what came more than once, and of these each once.
create or replace temp table read_deliveries as
select kind, direction, call_key, content_hash, received_at, id, 1 as deliveries
from staged semi join (
    select kind, direction, call_key, content_hash from repeated
    union
    select kind, direction, call_key, content_hash from come_again
) using (kind, direction, call_key, content_hash)
where reason is null
union all
select kind, direction, call_key, content_hash, received_at, id, deliveries
from repeated_deliveries semi join come_again using (kind, direction, call_key, content_hash)
union all
select kind, direction, call_key, content_hash, last_received_at, last_id, 1
from come_again
where deliveries = 1;

create or replace temp table all_deliveries as
select
    kind, direction, call_key, content_hash, received_at, id,
    case when id is null then sum(deliveries) else 1 end::bigint as deliveries
from read_deliveries
group by kind, direction, call_key, content_hash, received_at, id;

create or replace temp table delivered as
select
    kind, direction, call_key, content_hash,
    min(received_at) as first_received_at,
    max(received_at) as last_received_at,
    nullif(max((received_at, coalesce(id, '')))[2], '') as last_id,
    sum(deliveries)::bigint as deliveries
from all_deliveries
group by kind, direction, call_key, content_hash;

-- Each staged report and live event with all that is known of its deliveries.
create or replace temp view versions as
select
    fresh.* exclude (received_at, id),
    coalesce(delivered.first_received_at, fresh.received_at) as first_received_at,
    coalesce(delivered.last_received_at, fresh.received_at) as last_received_at,
    coalesce(delivered.deliveries, 1) as deliveries,
    case when delivered.deliveries is null then fresh.id else delivered.last_id end as last_id
from fresh left join delivered using (kind, direction, call_key, content_hash);
