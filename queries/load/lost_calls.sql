-- How many calls of the database `old` the rebuilt one in use lacks. An id that its source has used for nothing since names no call.
select count(*) as calls
from old.calls as lost anti join calls using (source, direction, call_sid)
    left join source_settings() using (source)
where sent_text(call_sid, nothing_values) is not null;
