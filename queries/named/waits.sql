-- How long callers waited until they were answered or gave up: calls per band, and the share up to the end of each.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select wait_band, answered_in, answered_within, abandoned, abandoned_within
from waits_of(slice)
order by band;
