-- When a source last sent something, and how much it sent in the same hours of the weeks before: what a silence is measured by.
select last_received_at, weeks, fewest_deliveries
from silence_of($source, $since, $now);
