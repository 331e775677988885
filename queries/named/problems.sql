-- The spool files that something may be missing of, and why.
select file, problem
from file_problems();
