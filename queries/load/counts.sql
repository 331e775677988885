-- Row counts, compared before a copy or a rebuilt database replaces another.
select
    (select count(*) from calls) as calls,
    (select count(*) from call_versions) as call_versions,
    (select count(*) from rejects) as rejects;
