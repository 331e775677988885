-- A rejected line is kept whole, with its place and the reason.
insert into rejects (file, line, byte_offset, reason, text, line_hash, rejected_at)
select file, line, byte_offset, reason, text, content_hash, $loaded_at::timestamptz
from staged
where reason is not null
order by file, line;
