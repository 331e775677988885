-- The spool files from which data may be missing, and why.
select file, problem
from file_problems();
