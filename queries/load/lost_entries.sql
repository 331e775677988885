-- Counts the changes of vendors' directories in the database `old` that the rebuilt one lacks.
select count(*) as entries
from old.vendor_directory as lost
anti join vendor_directory as kept
    on lost.source = kept.source and lost.kind = kept.kind and lost.entry_id = kept.entry_id and lost.fetched_at = kept.fetched_at
    and lost.is_listed = kept.is_listed and lost.name is not distinct from kept.name and lost.number is not distinct from kept.number
    and lost.number_id is not distinct from kept.number_id;
