-- The bands are those of the calls, both after the last.
select wait_band, answered_in, abandoned from waits('2026-10-05', '2026-10-05') where answered_in + abandoned > 0;
