-- London's clocks go back from 02:00 to 01:00 at 06:30 in India, so its hour 1 is there twice and lasts from 05:30 to 07:30 in
-- India. Calls 1, 2 and 3 are there at 06:25:30; call 5 goes on into hour 2, until call 4 comes.
select virtual_number, local_hour, peak_concurrent from concurrency('2026-10-25', '2026-10-25');
