-- Sales: 9 offered, 6 answered, 3 with a known wait: 12, 9 and 10 s, all within 20 s, so 3 / (9 − 0 − 3). The other 3 missed calls count.
-- Support: one of two answered, its wait unknown. Billing: nobody answered, so 0.
select call_group, offered, answered_in, round(service_level, 4) as service_level, round(avg_wait_seconds, 4) as avg_wait_seconds,
    round(p90_wait_seconds, 4) as p90_wait_seconds, peak_concurrent
from groups('2026-10-05', '2026-10-05')
order by call_group;
