-- An episode belongs to the group of the call that opened it: the try of 1 in Support is none of its own.
select call_group, missed, missed_episodes, unrecovered, recovery_rate from groups('2026-10-05', '2026-10-05');
