-- The missed call has no agent, and none called 0.
select agent, calls, answered, talk_seconds, coins from agents('2026-10-05', '2026-10-05');
