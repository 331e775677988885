-- What was wrong, by field.
select call_sid, field_problems
from (from call_versions union all by name from live_events)
where field_problems is not null
order by length(call_sid), call_sid;
