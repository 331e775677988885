-- How many rows the database holds. They are counted again before a copy of it, or a rebuilt one, replaces another.
select
    (select count(*) from calls) as calls,
    (select count(*) from call_versions) as call_versions,
    (select count(*) from rejects) as rejects;
