-- Of 5 October the list has 2 calls, one of which is known from it only: complete. Of 6 October it has 3: 1.6 is missing, 1.5 costs 2 coins
-- here and 1 there, and 1.4 is not on it. The list of 7 October was fetched before the day ended, and of 8 October there is none, so both
-- are unchecked; at 9:00 on 7 October, 8 October has not begun. The second source needs 4 and 5 October in London for 5 October in India.
-- The third has no API, so nothing is said of it.
select 'main' as source, '10-05 to 10-05' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-05', '2026-10-05', p_source := 'main')
union all
select 'main' as source, '10-05 to 10-07' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-05', '2026-10-07', p_source := 'main')
union all
select 'main' as source, '10-05 to 10-08' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-05', '2026-10-08', p_source := 'main')
union all
select 'main' as source, '10-05 to 10-08' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-05', '2026-10-08', p_source := 'main', p_now := '2026-10-07 09:00:00+05:30')
union all
select 'main' as source, '10-07 to 10-08' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-07', '2026-10-08', p_source := 'main')
union all
select 'all' as source, '10-05 to 10-05' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-05', '2026-10-05')
union all
select 'third' as source, '10-05 to 10-05' as period, verdict, strftime(timezone('Asia/Kolkata', fetched_at), '%d %H:%M') as fetched,
    source_days, complete, incomplete, unchecked, vendor_calls, our_calls, missing, recovered, unknown_to_vendor, differing, unreadable,
    missing_days, unknown_days, differing_days, unchecked_days
from completeness('2026-10-05', '2026-10-05', p_source := 'third')
order by all
