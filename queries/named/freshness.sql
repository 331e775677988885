-- How fresh the data is, in one row.
select complete_through, loaded_at, calls, rejects
from freshness_of();
