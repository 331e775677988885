-- The events of other kinds that the vendor has sent so far, those that seem to be reports, and the wrappers that could not be opened.
select kind, name, deliveries
from events_of()
order by kind, deliveries desc, name;
