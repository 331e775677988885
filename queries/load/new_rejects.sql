-- The first lines that this loader rejected since a load began.
select file, line, byte_offset, reason
from rejects
where rejected_at >= $started_at::timestamptz and loader is not distinct from getvariable('loader')
order by file, line
limit $limit::bigint;
