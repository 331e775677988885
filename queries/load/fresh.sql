-- The different reports and live events among the staged lines. Few come twice, so only those are grouped.
create or replace temp table repeated as
select
    kind, call_key, content_hash,
    min(received_at) as first_received_at, max(received_at) as last_received_at, count(*) as deliveries, min(rowid) as one
from staged
where reason is null and kind in ('call_report', 'live_call')
group by kind, call_key, content_hash
having count(*) > 1;

create or replace temp view fresh as
select
    staged.* exclude (file, line, byte_offset, reason, text, event, payload, received_at),
    coalesce(repeated.first_received_at, staged.received_at) as first_received_at,
    coalesce(repeated.last_received_at, staged.received_at) as last_received_at,
    coalesce(repeated.deliveries, 1) as deliveries
from staged left join repeated using (kind, call_key, content_hash)
where reason is null and kind in ('call_report', 'live_call') and (repeated.one is null or repeated.one = staged.rowid);
