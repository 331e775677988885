-- Number 1: call 3 runs from 10:05 to 11:05; call 2 takes the line that call 1 frees at 10:10, so never more than 2. Call 3
-- is still there when eleven strikes, and for a second beside call 4. Number 2 has one call; at twelve there are single
-- ones, and one without a duration, which does not count.
select virtual_number, local_hour, peak_concurrent from concurrency('2026-10-05', '2026-10-05');
