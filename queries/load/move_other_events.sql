-- Gives the other events of one file to another that has the same lines.
update other_events set file = $to where file = $from and loader is not distinct from getvariable('loader');
