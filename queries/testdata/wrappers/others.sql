-- w5 by the event beside it, w8 by its fields; two elements without a call; w12 and w13 are events. w10 and w11 cannot be opened. w16: an event that names another call.
select 'live' as kind, call_sid as name, deliveries from live_events
union all
from events()
order by kind, name;
