-- Both were offered the call, and one answered it; its coin and its line time are Ashish's.
select agent, calls, offered, answered, missed, rang, agent_answer_rate, talk_seconds, coins, call_seconds from agents('2026-10-05', '2026-10-05') order by agent;
