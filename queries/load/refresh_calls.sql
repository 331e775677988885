-- Removes the calls of the staged lines, and defines the reports and live events from which they are recomputed: the staged ones, and the stored
-- ones of calls that the database had before.
create or replace temp table removed_calls as
select local_day, customer_number_of(customer_key) as customer, started_at from calls semi join existing_calls using (call_key, call_sid);
create or replace temp table renewed_days as select distinct local_day from removed_calls;
create or replace temp table renewed_customers as select customer, started_at from removed_calls where customer is not null;

delete from calls using existing_calls as existing where calls.call_key = existing.call_key and calls.call_sid = existing.call_sid;
delete from shared_call_legs as legs using existing_calls as existing where legs.call_key = existing.call_key and legs.call_sid = existing.call_sid;

-- The stored ones, as call_versions.sql and live_events.sql have updated them.
create or replace temp table existing_versions as
select stored.* replace (
    case when totals.kind is null then stored.first_received_at else totals.first_received_at end as first_received_at,
    case when totals.kind is null then stored.last_received_at else totals.last_received_at end as last_received_at,
    case when totals.kind is null then stored.deliveries else totals.deliveries end as deliveries,
    case when totals.kind is null then stored.last_id else totals.last_id end as last_id,
    case when totals.kind is null then stored.reported_at else totals.reported_at end as reported_at,
    case when totals.kind is null then stored.imported else totals.imported end as imported,
    case when totals.kind is null then stored.from_list else totals.from_list end as from_list,
    case when totals.kind is null then stored.extra else totals.extra end as extra,
    case when totals.kind is null then stored.sent_direction else totals.sent_direction end as sent_direction,
    case when totals.kind is null then stored.leg_a_picked_time else totals.leg_a_picked_time end as leg_a_picked_time)
from stored_versions as stored left join (from duplicate_totals where kind = 'call_report') as totals using (direction, call_key, content_hash);

create or replace temp table existing_live as
select stored.* replace (
    case when totals.kind is null then stored.first_received_at else totals.first_received_at end as first_received_at,
    case when totals.kind is null then stored.last_received_at else totals.last_received_at end as last_received_at,
    case when totals.kind is null then stored.deliveries else totals.deliveries end as deliveries,
    case when totals.kind is null then stored.last_id else totals.last_id end as last_id,
    case when totals.kind is null then stored.reported_at else totals.reported_at end as reported_at,
    case when totals.kind is null then stored.imported else totals.imported end as imported,
    case when totals.kind is null then stored.extra else totals.extra end as extra,
    case when totals.kind is null then stored.sent_direction else totals.sent_direction end as sent_direction)
from stored_live as stored left join (from duplicate_totals where kind = 'live_call') as totals using (direction, call_key, content_hash);

create or replace temp view refreshed_versions as
select * exclude (kind) from new_versions where kind = 'call_report'
union all by name
from existing_versions;

create or replace temp view refreshed_live as
select * exclude (kind) from new_versions where kind = 'live_call'
union all by name
from existing_live;
