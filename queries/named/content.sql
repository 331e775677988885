-- A hash of each day's calls: databases with the same content have the same, whatever order and loads it came in.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select local_day, calls, content
from content_of(slice)
order by local_day;
