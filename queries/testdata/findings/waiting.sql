-- Three customers were missed; the number of a fourth call is masked. The first was spoken to at 09:40, but missed again at 14:30; the second
-- was missed at 14:05; the third called again at 15:00. So two wait, since 14:05. The data ends on the next day at 14:10: the window of 24
-- hours is over for the second.
select rank, kind, concern, unit, callers, strftime(timezone('Asia/Kolkata', since), '%H:%M') as since, within_window
from findings('2026-10-12', '2026-10-12')
where kind = 'waiting';
