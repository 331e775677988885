-- Several machines can fetch the lists of a vendor; the newest list of a day counts.
alter table vendor_lists add column loader varchar; -- in whose data folder the file is, as in spool_files
