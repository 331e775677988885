-- Upper case, letters and digits only, without brackets; callstatus where Status is blank; whose leg failed beside it.
select call_sid, status, outcome, failed_leg, array_to_string(flags, ' ') as flags from calls order by call_sid;
