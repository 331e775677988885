-- Everything the vendor has sent so far by name: keys, status words and events of other kinds, known or not.
select kind, name, deliveries, known
from census_of()
order by kind, deliveries desc, name;
