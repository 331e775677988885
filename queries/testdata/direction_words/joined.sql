-- A report without a direction, or with an unknown word for it, belongs to the call of the same source and CallSid, in whatever order they
-- came; with two such calls, to neither.
select source, call_sid, direction, agent_number, call_group, coins, versions, flags from calls where call_sid like 'j%' order by call_sid, source, direction;
