-- Damaged lines of the collector's spool files, with their places. The delivery in each is lost.
select file, line, byte_offset, reason
from rejects
where reason = 'checksum does not match' or (starts_with(text, '{"id":"') and reason in ('not JSON', 'not UTF-8'))
order by file, line;
