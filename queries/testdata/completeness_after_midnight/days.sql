-- Lists that were fetched shortly after midnight, less than ten minutes after a call of the day ended at 00:05: of 5 October it is on the list
-- alone, of 6 October here alone, so the days are not checked yet. The list of 7 October was fetched 15 minutes after that.
select day, is_final, is_complete, vendor_calls, our_calls, missing from reconciliations('2026-10-05', '2026-10-07');
