-- No report says when the agent picked up, so each talk is the one before the end. Call 2: 9280000001 talked 38 minutes until 10:38, and 9280000002
-- after the transfer, 20 minutes until 11:00: one agent at 10:00, two at 10:30. Call 3, of one agent: 10 minutes until 12:45.
select half_hour, agents_seen from staffing('2026-10-05', '2026-10-05') where agents_seen > 0 order by half_hour;
