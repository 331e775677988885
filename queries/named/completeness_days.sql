-- Whether the calls of the period are complete by the vendors' own lists, a row for each source with vendor_api and each of its days that
-- overlaps the period. verdict is complete, incomplete or unchecked: the list was not fetched since the day ended.
select
    source, day, verdict, fetched_at, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, vendor_coins, our_coins,
    unreadable
from completeness_days_of($from, $to, $source, $now)
order by source, day;
