-- How fresh the data is, in one row.
select complete_through, loaded_at, calls, rejects, files_with_problems
from freshness_of();
