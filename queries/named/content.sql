-- A hash of each day's calls, equal in databases with the same content, however it was loaded.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select local_day, calls, content
from content_of(slice)
order by local_day;
