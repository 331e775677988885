-- The spool files from which data may be missing, and why.
create or replace macro file_problems() as table
select file, problem
from spool_files
where problem is not null
order by file;

-- The number of such files.
create or replace macro files_with_problems() as (select count(problem) from spool_files);
