-- Each agent's leg by its own report; a phone that only live events name has no report.
select call_sid, agent_number, leg_a_reported, failed_leg from shared_call_legs order by call_sid, agent_number;
