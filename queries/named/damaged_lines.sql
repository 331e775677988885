-- Lines of the collector's spool files that are not as it wrote them, with their places. Each costs the delivery that it had.
select file, line, byte_offset, reason
from rejects
where reason = 'checksum does not match' or (starts_with(text, '{"id":"') and reason in ('not JSON', 'not UTF-8'))
order by file, line;
