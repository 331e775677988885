-- Several loaders can load into one lake, each the files of its own spool and the runs of its own scheduler.
alter table spool_files add column loader varchar; -- the id of the collector; NULL in a database file, which has one loader
alter table report_runs add column loader varchar;
