-- Nobody spoke to 16 to 21 since; to 13 somebody did, though too late to recover them, and to 22. The newest report is of 12:00 on the 6th,
-- so who was missed within the last 12 hours was missed today.
select right(customer_number, 2) as caller, call_group, attempts, round(hours_waiting, 4) as hours, waiting, waiting_since
from to_call_back('2026-10-05', '2026-10-06');
