-- Call 1 was transferred from Asha to Ravi. Asha answered 1, 2 and 3, Ravi 1, 4 and 6: 1 of 3 each. In all, 1 of 5 calls was transferred.
select agent, answered_in, round(transfer_rate, 4) as transfer_rate from agents('2026-10-05', '2026-10-05')
union all
select 'all', answered_in, round(transfer_rate, 4) from total('2026-10-05', '2026-10-05')
order by agent;
