-- The second phone of calls 1 to 5 is in a live event only. It was picked up in 1, 2 and 3: Picked (16) is PICKED, Connected means answered, and so does
-- Up, the source's own word. Busy is not picked up, and NIL says nothing. The report of call 6 has no number: it is of the phone that was picked up,
-- not of the one that rang last. Asha picked up 5 of 5.
select agent, answered, rang, agent_answer_rate from agents('2026-10-05', '2026-10-05') order by agent;
