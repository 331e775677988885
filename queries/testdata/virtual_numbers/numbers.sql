-- u1 and u2 name the configured number 0120-4000001. u3, u4 and u5 name one that is not configured; the report of u5 came last, but its
-- call started first. Masked numbers cannot be compared, and 1800 is a number of its own.
select virtual_number, calls, answered_in, coins from numbers('2026-10-05', '2026-10-05') order by virtual_number;
