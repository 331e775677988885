-- Gives the rejects of one file to another that has the same lines.
update rejects set file = $to where file = $from and loader is not distinct from getvariable('loader');
