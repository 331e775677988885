-- Every metric of the whole period in one row.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select columns(lambda x: x <> 'everything')
from total_of(slice, running);
