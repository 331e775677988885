-- Always outgoing = connected + agent_no_show + customer_no_answer. Without leg times it is not known of n3, n4 and n6 whether the
-- agent picked up; the customer's leg of n5 failed. With leg times the agent of l2 did not, and that of l1, l4 and l5 did; it is unknown of l3.
-- Coins of the agent's leg: none; l2 + l4. Of the customer's: n5; l1.
select call_group, outgoing, connected, agent_no_show, agent_no_show_rate, customer_no_answer, coins_failed_agent, coins_failed_customer
from groups('2026-10-05', '2026-10-05')
where outgoing > 0
order by call_group;
