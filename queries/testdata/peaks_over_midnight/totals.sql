-- The peak of a period is the highest of its days, whatever the period. Call a is Sales', so Sales on Monday has a alone at first,
-- and c and d at the end; on Wednesday no call of Sales starts, so it has no row. The
-- whole has one: f is there. Sunday's peak is a alone, Thursday's f and not yet g.
select 'days' as query, strftime(local_day, '%a') as day, null as call_group, calls, peak_concurrent
from days('2026-10-04', '2026-10-08')
union all
select 'groups', 'Mon', call_group, calls, peak_concurrent from groups('2026-10-05', '2026-10-05')
union all
select 'groups', 'Wed', call_group, calls, peak_concurrent from groups('2026-10-07', '2026-10-07')
union all
select 'total', 'Tue', null, calls, peak_concurrent from total('2026-10-06', '2026-10-06')
union all
select 'total', 'Mon-Thu', null, calls, peak_concurrent from total('2026-10-05', '2026-10-08')
union all
select 'summary', 'Tue', null, calls, peak_concurrent from summary('2026-10-06', '2026-10-06')
union all
select 'total', 'Wed', null, calls, peak_concurrent from total('2026-10-07', '2026-10-07')
union all
select 'summary', 'Wed', null, calls, peak_concurrent from summary('2026-10-07', '2026-10-07')
union all
select 'before', 'Thu', null, before_calls, before_peak_concurrent from summary('2026-10-08', '2026-10-08', p_before_from := '2026-10-07', p_before_to := '2026-10-07');
