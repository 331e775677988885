-- Two agents took calls 1, 2 and 3 of the 6 answered ones.
select answered_in, transfer_rate from total('2026-10-05', '2026-10-05');
