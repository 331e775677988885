-- Deliveries of other kinds, kept whole.
insert into other_events (source, received_at, event, payload, file, line)
select source, received_at, event, payload, file, line
from staged
where reason is null and kind = 'other'
order by received_at, file, line;
