-- The distinct staged reports and live events. Of several with one hash, the least spelling of each value is kept, and whether leg A was sent.
-- Few are staged more than once, so only those are grouped.
create or replace temp table repeated_staged as
select
    kind, direction, call_key, content_hash, min(rowid) as kept_rowid,
    min(extra) as extra, nullif(min(coalesce(sent_direction, '')), '') as sent_direction, max(leg_a_picked_time) as leg_a_picked_time
from staged
where reason is null and kind in ('call_report', 'live_call')
group by kind, direction, call_key, content_hash
having count(*) > 1;

create or replace temp view staged_versions as
select staged.* exclude (file, line, byte_offset, reason, text, event, payload) replace (
    coalesce(repeated_staged.extra, staged.extra) as extra,
    case when kept_rowid is null then staged.sent_direction else repeated_staged.sent_direction end as sent_direction,
    coalesce(repeated_staged.leg_a_picked_time, staged.leg_a_picked_time) as leg_a_picked_time)
from staged left join repeated_staged using (kind, direction, call_key, content_hash)
where reason is null and kind in ('call_report', 'live_call')
  and (repeated_staged.kept_rowid is null or repeated_staged.kept_rowid = staged.rowid);
