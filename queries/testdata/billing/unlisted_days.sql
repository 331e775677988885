-- 6 October lies between the lists, and there are webhooks of it; nothing was received before 5 October.
select source, from_day, to_day, days from unlisted_days('2026-10-01', '2026-10-31')
