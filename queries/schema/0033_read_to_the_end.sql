-- disk_bytes and modified_at are those of a file that was read to its end, since a load passes over a file that has them still. Earlier versions
-- stored them for a file that a load had begun to read, too. Files that may be such are looked at once more.
update spool_files set disk_bytes = 0, modified_at = 'epoch' where loaded_bytes <> disk_bytes;
