-- The calls that Asha took part in cost 12, all charged to Ritu: no row of Asha's, and none of Ritu's.
select 'coins' as query, 'Asha' as of, agent, coins from coins('2026-10-05', '2026-10-05', p_agent := 'Asha') where coins > 0
union all
select 'coins', 'Ritu', agent, coins from coins('2026-10-05', '2026-10-05', p_agent := 'Ritu') where coins > 0
union all
select 'waste', 'Asha', agent, coins from waste('2026-10-05', '2026-10-05', p_agent := 'Asha') where coins > 0
union all
select 'waste', 'Ritu', agent, coins from waste('2026-10-05', '2026-10-05', p_agent := 'Ritu') where coins > 0;
