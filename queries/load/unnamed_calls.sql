-- How many calls were loaded under an id that their source has used for nothing since: nothing_values was set later.
select count(distinct call_key) as calls
from (select call_key, source, call_sid from calls union all select call_key, source, call_sid from live_events) as loaded
join source_settings() using (source)
where sent_text(call_sid, nothing_values) is null;
