-- NIL is no value. The third report of call 1 names neither phone nor agent, so it is of the leg with its status: Asha talked 50 s. That of call 2
-- is of Ravi's leg, whose status is the callstatus.
select call_sid, agent_number, agent_name, outcome, talk_seconds from call_legs order by call_sid, agent_number;
