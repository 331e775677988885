-- The calls that a report or live event received after a given time changed, and when the last change was received. A duplicate
-- changes nothing if it directly follows the same content; after another report of the call it restores its values. An imported
-- duplicate can be reported later than another report that was received before it.
create or replace macro changed_since(p_since) as table
with
first_receipts as (
    select 'call_report' as kind, call_key, content_hash, first_received_at as received_at, false as imported from call_versions
    union all
    select 'live_call', call_key, content_hash, first_received_at, false from live_events
),
repeated_calls as (select distinct call_key from repeated_deliveries where received_at > p_since),
in_order as (
    select
        call_key, content_hash, received_at, imported,
        lag(content_hash) over (partition by call_key, kind order by received_at, content_hash) as previous_content
    from (from first_receipts union all by name
          select kind, call_key, content_hash, received_at, imported from repeated_deliveries) semi join repeated_calls using (call_key)
)
select call_key, max(received_at) as restated_at
from (select call_key, received_at from first_receipts
      union all
      select call_key, received_at from in_order where content_hash <> previous_content or imported)
where received_at > p_since
group by call_key;
