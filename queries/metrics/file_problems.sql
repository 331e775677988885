-- The spool files from which data may be missing, and why.
create or replace macro file_problems() as table
select file, problem
from spool_files
where problem is not null
order by file;

-- The days of such files; a file whose name is not that of a day has none.
create or replace macro problem_days() as table
select distinct try_cast(left(file, 10) as date) as day from file_problems() where day is not null;

-- The number of such files.
create or replace macro files_with_problems() as (select count(problem) from spool_files);
