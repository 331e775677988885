-- Whether the calls of the period are complete by the vendors' own lists, in one row: of how many days of a source each verdict is, what
-- differs, and on which days. verdict is complete, incomplete, partly_checked or unchecked; it is empty if no source has
-- vendor_api. pending are the days that are over by $now, and not complete.
select
    verdict, fetched_at, source_days, complete, incomplete, unchecked, pending, vendor_calls, our_calls, missing, recovered, unknown_to_vendor,
    differing, unreadable, missing_days, unknown_days, differing_days, unreadable_days, unchecked_days
from completeness_of($from, $to, $source, $now);
