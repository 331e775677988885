-- The missed calls have no agent, and no row here.
select call_group, agent, calls, answered, talk_seconds from group_agents('2026-10-05', '2026-10-05');
