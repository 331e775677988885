-- Peak: three calls of 120 s at one time, whose end was not sent; nobody answered, so no talk and no answered coins. Unknown: neither talk, duration,
-- end nor coins of any call are known. Partly: the sums of what is known. Masked: nobody knows whether the customer called again.
select call_group, calls, answered, peak_concurrent, talk_seconds, call_seconds, coins, coins_unanswered, coins_unanswered_share, service_level,
    avg_wait_seconds, avg_ring_seconds, repeat_24h_rate, missed_out_of_hours
from groups('2026-10-05', '2026-10-05')
where offered > 0
order by call_group;
