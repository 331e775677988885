-- Every metric per virtual number, busiest first.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
from all_metrics(['virtual_number'], slice)
order by calls desc, virtual_number;
