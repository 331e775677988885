-- Asha: s1 to s5 and s7 to s9, once each. Bina: s1, s2, s3 and s7; s5 and s6 only rang. Chand: s3; s5 rang and he picked it up.
-- Talk of Asha: 45 + 60 + 50 (s5) + 110 (s8, on both phones) + 50 (s9); of Bina 60 + 50. Chand is not
-- charged the 0.5 of s3, which nobody answered.
select agent, calls, incoming, answered, rang, round(agent_answer_rate, 4) as agent_answer_rate, talk_seconds, coins
from agents('2026-10-05', '2026-10-05')
order by agent;
