-- The odd calls do not change the metrics of the others: ok and the three calls that were received at odd times, 60 s and 40 s each.
select call_group, calls, talk_seconds, call_seconds, coins, peak_concurrent from groups('2026-10-05', '2026-10-05') where call_group = 'Plain';
