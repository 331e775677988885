-- The sources of calls that are not configured, with how many calls. Without any configured source there are none.
create or replace macro unconfigured_sources_of() as table
select source, sum(list_sum(map_values(hourly_calls)))::bigint as calls
from delivery_days anti join sources using (source)
where exists (from sources)
group by source;
