-- The call counts for both; its coins and line time for the first.
select agent, calls, offered, answered, missed, rang, agent_answer_rate, talk_seconds, coins, call_seconds from agents('2026-10-05', '2026-10-05') order by agent;
