-- ..1 rang in all ten calls: in a, b, e to j, which it answered, in c, which it did not pick up, and in d: 8/10. ..2 in all but e;
-- it picked up c and j: 2/9.
select agent, rang, round(agent_answer_rate, 4) as agent_answer_rate, calls, answered from agents('2026-10-05', '2026-10-05') order by agent;
