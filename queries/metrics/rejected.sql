-- How many lines were read and rejected by loads that began after a given time, in one row.
create or replace macro rejected_since(p_since) as table
select coalesce(sum(lines), 0)::bigint as lines, coalesce(sum(rejects), 0)::bigint as rejects
from loads
where started_at > p_since::timestamptz;
