-- One phone and one virtual number, in four spellings.
select call_sid, virtual_number, agent_number, number_key(agent_number) as phone from calls where call_sid like 'p%' order by call_sid;
