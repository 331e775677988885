-- Two outgoing calls: one connected after the agent rang 7 s, one whose agent never picked up.
select outgoing, connected, connect_rate, agent_no_show, agent_no_show_rate, customer_no_answer
from summary('2026-10-05', '2026-10-05');
