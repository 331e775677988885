-- On Wednesday 30 September Asha took a call at 12:10 and passed it to Ravi at 12:15, who talked until 12:40: two agents at 12:00, one at 12:30.
select weekday, half_hour, half_hours, offered, missed, agents_seen, agents_needed from staffing('2026-09-30', '2026-09-30');
