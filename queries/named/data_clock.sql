-- The time according to the data, and whether anything was received between two times.
select data_time, arrived
from data_clock_of($since, $now);
