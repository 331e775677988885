-- Of s1, s2, s5, s8 and s9, two agents took s2 and, by a live event, s5; s8 has two phones of one agent. Each call is there once.
select calls, answered_in, round(transfer_rate, 4) as transfer_rate, talk_seconds, coins from total('2026-10-05', '2026-10-05');
