-- Chand picked up s5 by a live event alone, so he did not answer. Nobody answered s6.
select call_sid, agent, is_reported, rang, strftime(timezone('Asia/Kolkata', rang_at), '%H:%M:%S') as rang_at, answered,
    strftime(timezone('Asia/Kolkata', picked_at), '%H:%M:%S') as picked_at, strftime(timezone('Asia/Kolkata', ended_at), '%H:%M:%S') as ended, talk_seconds
from call_legs
order by call_sid, agent_key;
