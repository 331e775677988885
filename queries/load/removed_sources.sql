-- How many calls with a report there are of sources that are no longer configured. A source without reports or live events is left out.
select source, coalesce(sum(list_sum(map_values(hourly_calls))), 0)::bigint as calls
from (
    select source, hourly_calls from delivery_days
    union all
    select distinct source, null from live_events
)
where list_contains($sources, source)
group by source
order by source;
