-- Gives what was loaded from a file to the file that has its content now.
update spool_files set file = $to where file = $from and loader is not distinct from getvariable('loader');
