-- Never picked up: a1 to a7, b6 by its status, and c1 to c5. a8, b1 to b5, b7, d1 and e1 are the other 9 of 22.
select outgoing, connected, agent_no_show, customer_no_answer from total('2026-10-05', '2026-10-05');
