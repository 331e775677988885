-- Calls whose report contradicts itself or lacks something, by what that is; zeros included.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select flag, meaning, calls
from flags_of(slice)
order by calls desc, flag;
