-- One call, of the group that answered first; it was transferred.
select call_group, calls, answered_in, talk_seconds, coins, round(transfer_rate, 4) as transfer_rate from groups('2026-10-05', '2026-10-05') order by call_group;
