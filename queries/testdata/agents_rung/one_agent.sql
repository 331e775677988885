-- Filtered for Bina: her calls, and also the rings of calls that count for others.
select agent, calls, rang, agent_answer_rate from agents('2026-10-05', '2026-10-05', p_agent := 'Bina');
