-- A filter takes any spelling. u3, u4 and u5 for the second number, u1 and u2 for the first; their reports keep their spelling.
select 'any' as spelling, call_sid, virtual_number, reported_virtual_number, call_group from period_calls('2026-10-05', '2026-10-05', p_number := '91-120-4000002') as second
union all
select 'other', call_sid, virtual_number, reported_virtual_number, call_group from period_calls('2026-10-05', '2026-10-05', p_number := '1204000001') as first
union all
select 'short', call_sid, virtual_number, reported_virtual_number, call_group from period_calls('2026-10-05', '2026-10-05', p_number := '1800') as short
union all
select 'masked', call_sid, virtual_number, reported_virtual_number, call_group from period_calls('2026-10-05', '2026-10-05', p_number := '98xxxxxx01') as masked
order by all;
