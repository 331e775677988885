-- Asha picked up 12 incoming calls, and Ritu none of the same 12. Both did not pick up their leg of 12 outgoing calls, of all 54 legs 24. They
-- cost 1 each, charged to Ritu, whose report is the newest. An agent's findings are not about others.
select 'all' as of, kind, subject, concern, round(value, 4) as value, round(average, 4) as average from findings('2026-10-05', '2026-10-05') where kind like 'agent%'
union all
select agent, kind, subject, concern, round(value, 4), round(average, 4)
from (values ('Asha'), ('Ritu')) as agents(agent), (
    select 'Asha' as of, * from findings('2026-10-05', '2026-10-05', p_agent := 'Asha')
    union all
    select 'Ritu', * from findings('2026-10-05', '2026-10-05', p_agent := 'Ritu')
) as found
where of = agent and kind like 'agent%'
order by of, kind, subject;
