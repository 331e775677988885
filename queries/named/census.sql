-- All fields, status words and other events that the vendor has sent so far, known or not.
select kind, name, deliveries, known
from census_of()
order by kind, deliveries desc, name;
