-- k9 is a live event by its type. Events of other kinds have a status too, and stay events: one with a type, one without.
select 'live' as kind, call_sid as name, deliveries from live_events
union all
from events()
order by kind, name;
