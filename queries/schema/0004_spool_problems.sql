-- The problem of each spool file as of the last load, so that every reader of the database knows what may be missing.
alter table spool_files add column problem varchar;                -- NULL: nothing
alter table spool_files add column changed boolean default false;  -- it differs from what was loaded; only a rebuild loads its current content
alter table spool_files add column first_hash ubigint;             -- XXH64 of its first line, to find copies; NULL before this column
