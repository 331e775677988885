-- Those who wait come first, oldest first; then the others.
select right(customer_number, 2) as caller, strftime(first_missed_at, '%d %X') as first, recovery
from missed('2026-10-05', '2026-10-06');
