-- The different reports and live events among the staged lines, of each the least spelling of what its hash does not tell apart. Few are
-- staged more than once, so only those are grouped.
create or replace temp table repeated_staged as
select kind, direction, call_key, content_hash, arg_min(rowid, (coalesce(extra, ''), coalesce(sent_direction, ''))) as kept_rowid
from staged
where reason is null and kind in ('call_report', 'live_call')
group by kind, direction, call_key, content_hash
having count(*) > 1;

create or replace temp view staged_versions as
select staged.* exclude (file, line, byte_offset, reason, text, event, payload)
from staged left join repeated_staged using (kind, direction, call_key, content_hash)
where reason is null and kind in ('call_report', 'live_call')
  and (repeated_staged.kept_rowid is null or repeated_staged.kept_rowid = staged.rowid);
