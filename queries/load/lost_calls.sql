-- Counts the calls of the database `old` that the rebuilt one lacks, except those whose id nothing_values lists now. A direction is not
-- compared: it changes with direction_words, and with a later report that says it.
select count(*) as calls
from old.calls as lost anti join calls using (source, call_sid)
    left join source_settings() using (source)
where sent_text(call_sid, nothing_values) is not null;
