-- How fresh the data is, in one row.
create or replace macro freshness_of() as table
select
    complete_through() as complete_through,
    (select max(finished_at) from loads) as loaded_at,
    (select count(*) from calls) as calls,
    (select count(*) from rejects) as rejects,
    files_with_problems() as files_with_problems;
