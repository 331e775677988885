-- Removes the row of a name that another file is about to get. No line was loaded under the name.
delete from spool_files where file = $to and loader is not distinct from getvariable('loader');
