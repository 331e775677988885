-- Counts the calls of the database `old` that the rebuilt one lacks, except those whose id nothing_values lists now.
select count(*) as calls
from old.calls as lost anti join calls using (source, direction, call_sid)
    left join source_settings() using (source)
where sent_text(call_sid, nothing_values) is not null;
