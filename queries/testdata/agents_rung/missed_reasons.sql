-- 5 missed: r2 rang out, r6 found all agents busy, r11 the network, r12 the caller; and r9 ended in the IVR. 1 / 4 each.
select missed_reason, calls, missed, missed_share from missed_reasons('2026-10-05', '2026-10-05');
