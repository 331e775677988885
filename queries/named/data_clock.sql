-- The newest time that the data shows to have passed, and whether anything was received from one moment to another.
select data_time, arrived
from data_clock_of($since, $now);
