-- The same by group.
select call_group, agent, round(transfer_rate, 4) as transfer_rate from group_agents('2026-10-05', '2026-10-05', p_agent := 'Ravi');
