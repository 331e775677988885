-- The different reports and live events among the staged lines. Few come twice, so only those are grouped; of their deliveries,
-- lines with the same id and time are one.
create or replace temp table repeated as
select kind, direction, call_key, content_hash, arg_min(rowid, coalesce(extra, '')) as one
from staged
where reason is null and kind in ('call_report', 'live_call')
group by kind, direction, call_key, content_hash
having count(*) > 1;

create or replace temp view fresh as
select staged.* exclude (file, line, byte_offset, reason, text, event, payload)
from staged left join repeated using (kind, direction, call_key, content_hash)
where reason is null and kind in ('call_report', 'live_call') and (repeated.one is null or repeated.one = staged.rowid);
