-- The rules are those of all calls; what is shown is filtered. Gita's phone rang in the first call, which Asha answered.
select virtual_number, direction, vendor_calls, coins_in_question from billing('2026-10-05', '2026-10-05', p_number := '01204000002')
union all
select virtual_number, direction, vendor_calls, coins_in_question from billing('2026-10-05', '2026-10-05', p_direction := 'outgoing')
union all
select virtual_number, direction, vendor_calls, coins_in_question from billing('2026-10-05', '2026-10-05', p_agent := 'Nobody')
union all
select virtual_number, direction, vendor_calls, coins_in_question from billing('2026-10-05', '2026-10-05', p_agent := 'Gita')
