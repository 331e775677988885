-- Files of different spools can have the same name.
alter table rejects add column loader varchar; -- whose spool the file is in, as in spool_files
alter table other_events add column loader varchar;
