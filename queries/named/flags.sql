-- Calls whose report contradicts itself or lacks something, per flag, zeros included.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select flag, meaning, calls
from flags_of(slice)
order by calls desc, flag;
