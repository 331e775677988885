-- No calls, no bands.
select wait_band, answered_in, abandoned from waits('2026-10-06', '2026-10-06');
