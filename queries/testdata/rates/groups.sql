-- a9 is not followed by any call.
select call_group, offered, round(repeat_24h_rate, 4) as repeat_24h_rate from groups('2026-10-06', '2026-10-06') order by call_group;
