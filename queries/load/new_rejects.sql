-- The first lines rejected since a load began.
select file, line, byte_offset, reason
from rejects
where rejected_at >= $started_at::timestamptz
order by file, line
limit $limit::bigint;
