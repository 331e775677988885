-- The agent of e1's first report never picked up; of the second it is not known, so 14 of 9280000001's 22, and 0 of 9280000003's 1.
select agent, outgoing, agent_no_show, customer_no_answer from agents('2026-10-05', '2026-10-05') where outgoing > 0 order by agent;
