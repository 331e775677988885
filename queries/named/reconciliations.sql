-- How our calls compare with the vendor's own list, by source and day of the source, of the days that were fetched: calls of both, calls
-- that are missing here, that are known through the list only, that the vendor does not list, and that differ in status, talk, group,
-- agent or coins. is_complete says that the list was fetched after the day had ended and that nothing is missing or differs.
select
    source, day, fetched_at, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, vendor_coins, our_coins, unreadable,
    is_final, is_complete
from reconciled_days($from, $to, $source)
order by source, day;
