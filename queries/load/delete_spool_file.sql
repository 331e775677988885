-- Removes a file from the ledger.
delete from spool_files where file = $from and loader is not distinct from getvariable('loader');
