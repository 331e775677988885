-- r1 was corrected, its wait became 60 − 40 s, and its talk and r4's start contradict the
-- first reports; the correction came twice and is listed once. r2 was delivered again unchanged. r3 was first received after the
-- period. r4 was moved out of the period, by two seconds. r5 got its group from a late live event. r6 is of another day.
select strftime(restated_at, '%H:%M') as restated, call_sid, field, old, new
from restated('2026-10-05', '2026-10-05');
