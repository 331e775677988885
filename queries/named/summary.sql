-- Every metric of the whole period in one row, and the same for the period compared with (before_…).
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
earlier as (from period_calls($before_from, $before_to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select columns(lambda x: x <> 'everything')
from total_of(slice)
cross join (select columns(lambda x: x <> 'everything') as 'before_\0' from total_of(earlier)) as before;
