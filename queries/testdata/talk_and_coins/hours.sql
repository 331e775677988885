-- A Monday; six calls began at ten, two at eleven.
select weekday, local_hour, calls, offered, missed from hours('2026-10-05', '2026-10-05');
