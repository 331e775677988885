-- Again the calls that the staged lines say something about.
create or replace temp table touched as
select distinct source, direction, call_sid
from staged
where reason is null and kind in ('call_report', 'live_call');

delete from calls using touched
where calls.source = touched.source and calls.direction = touched.direction and calls.call_sid = touched.call_sid;

insert into calls by name
with
touched_versions as (from call_versions semi join touched using (source, direction, call_sid)),
touched_live as (from live_events semi join touched using (source, direction, call_sid))
from calls_from(touched_versions, touched_live)
order by started_at;
