-- The three contradictions of calls 3, 7 and 8; flags that no call has are there with 0.
select flag, calls from flags('2026-10-05', '2026-10-05') where calls > 0 or flag in ('no_status', 'derived_start');
