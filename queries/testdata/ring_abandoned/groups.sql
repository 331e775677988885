-- One call.
select call_group, calls, offered, missed, abandoned, short_abandoned, service_level from groups('2026-10-05', '2026-10-05');
