-- Counts the changes of vendors' directories in the database `old` that the rebuilt one lacks.
select count(*) as entries
from old.vendor_directory anti join vendor_directory using (source, kind, entry_id, fetched_at, is_listed);
