-- Missed at 09:00 and 09:30, spoken to at 10:00 in a call of unknown direction, and missed again at 11:00: one call to return, since 11:00.
select strftime(timezone('Asia/Kolkata', first_missed_at), '%H:%M') as first_missed, strftime(timezone('Asia/Kolkata', last_missed_at), '%H:%M') as last_missed, attempts
from to_call_back('2026-10-05', '2026-10-05');
