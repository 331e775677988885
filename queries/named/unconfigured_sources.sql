-- The sources of calls that are not configured, so that their calls are read with the default settings. Without any configured source there are none.
select source, sum(list_sum(map_values(hourly_calls)))::bigint as calls
from delivery_days anti join sources using (source)
where exists (from sources)
group by source
order by source;
