-- The spool files that something may be missing of, and why.
create or replace macro file_problems() as table
select file, problem
from spool_files
where problem is not null
order by file;

-- How many there are.
create or replace macro files_with_problems() as (select count(problem) from spool_files);
