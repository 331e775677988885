-- Ritu's phone rang for 9 s.
select agent_number, agent, is_reported, rang, answered, talk_seconds, strftime(timezone('Asia/Kolkata', ended_at), '%H:%M:%S') as ended
from call_legs
order by agent_number;
