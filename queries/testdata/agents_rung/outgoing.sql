-- r7: the agent picked up and the customer did not; r8: the agent did not.
select outgoing, connected, connect_rate, agent_no_show, agent_no_show_rate, customer_no_answer, coins_failed_agent, coins_failed_customer
from summary('2026-10-05', '2026-10-05');
