-- How many lines were read since a given time, and how many of them were rejected.
select lines, rejects
from rejected_since($since);
