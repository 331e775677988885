-- derived_end: w6, w7, w9 and o1. derived_wait: w2.
select flag, calls from flags('2026-10-05', '2026-10-05') where flag in ('derived_end', 'derived_wait') order by flag;
