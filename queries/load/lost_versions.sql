-- Counts the reports and live events of the database `old` that the rebuilt one lacks, if it has read fewer lines of a spool file: a changed line
-- is read as it is now.
select count(*) as versions
from (
    select call_sid, source, call_key, content_hash from old.call_versions
    union all
    select call_sid, source, call_key, content_hash from old.live_events
) as lost
anti join (
    select call_key, content_hash from call_versions
    union all
    select call_key, content_hash from live_events
) as kept using (call_key, content_hash)
left join source_settings() using (source)
where sent_text(call_sid, nothing_values) is not null
    and exists (from old.spool_files as before left join spool_files as now using (file) where before.loaded_lines > coalesce(now.loaded_lines, 0));
