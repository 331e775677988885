-- The talk of each leg.
select call_sid, agent, answered, talk_seconds from call_legs order by call_sid, agent;
