-- Why incoming calls were not answered, calls that ended in the IVR included, most frequent first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select missed_reason, calls, missed, missed_share, unique_customers, coins
from missed_reasons_of(slice)
order by missed desc, calls desc, missed_reason;
