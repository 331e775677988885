-- Three phones rang, and the caller hung up after 3 s: too soon to count against anybody of whom the report says so. Ritu's phone rang
-- out, by its report.
select agent, offered, missed, abandoned, short_abandoned, service_level from agents('2026-10-05', '2026-10-05') order by agent;
