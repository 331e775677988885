-- The days of completeness.sql, from 5 to 8 October in India.
select source, day, verdict, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, vendor_coins, our_coins
from completeness_days('2026-10-05', '2026-10-08')
