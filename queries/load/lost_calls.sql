-- How many calls of the database `old` the database `rebuilt` lacks.
select count(*) as calls
from old.calls anti join rebuilt.calls using (source, direction, call_sid);
