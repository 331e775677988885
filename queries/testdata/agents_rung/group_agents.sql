-- Asha moved to Support for r10. Sums over agents are not a group's totals: r1 rang three.
select call_group, agent, calls, rang, agent_answer_rate, busy_seconds
from group_agents('2026-10-05', '2026-10-05');
