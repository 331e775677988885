-- A damaged number of an agent or a virtual number is flagged, and names no agent: 9.28E+09 can be any of many phones. A masked one names none
-- either. Extensions and other addresses are phones.
select call_sid, virtual_number, agent_number, agent, agent_key, flags from calls where call_sid like 'q%' order by call_sid;
