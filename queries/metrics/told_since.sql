-- The calls that something became known of after a moment, and when the last of it did. What comes again right behind itself says
-- nothing new; behind another report of the call it corrects that back.
create or replace macro told_since(p_since) as table
with
again as (select distinct call_key from repeated_deliveries where received_at > p_since),
first_receipts as (
    select 'call_report' as kind, call_key, content_hash, first_received_at as received_at from call_versions
    union all
    select 'live_call', call_key, content_hash, first_received_at from live_events
),
in_order as (
    select
        call_key, content_hash, received_at,
        lag(content_hash) over (partition by call_key, kind order by received_at, content_hash) as content_before
    from (from first_receipts union all by name
          select kind, call_key, content_hash, received_at from repeated_deliveries) semi join again using (call_key)
)
select call_key, max(received_at) as restated_at
from (select call_key, received_at from first_receipts
      union all
      select call_key, received_at from in_order where content_hash <> content_before)
where received_at > p_since
group by call_key;

-- When the last of them came that had come by a moment.
create or replace macro last_received_by(p_moment) as
    (select max(received_at)
     from (select first_received_at as received_at from call_versions
           union all
           select first_received_at from live_events
           union all
           select received_at from repeated_deliveries)
     where received_at <= p_moment);
