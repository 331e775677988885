-- When a source last sent something, and how much it sent in the same hours of earlier weeks.
select last_received_at, weeks, fewest_deliveries
from silence_of($source, $since, $now);
