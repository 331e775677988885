-- Of the day's corrections only the late live event falls into the last minutes; the filter applies to the group now or then.
select strftime(restated_at, '%H:%M') as restated, call_sid, field, old, new
from restated('2026-10-05', '2026-10-05', p_since := '2026-10-06 09:03:30+05:30', p_group := 'Support');
