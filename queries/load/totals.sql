-- What a slice of a load brought.
select
    count(*) as lines,
    count(*) filter (where reason is null and kind = 'call_report') as reports,
    count(*) filter (where reason is null and kind = 'live_call') as live_events,
    count(*) filter (where reason is null and kind = 'other') as other_events,
    count(*) filter (where reason is not null) as rejects,
    max(received_at) filter (where reason is null) as last_received_at
from staged;
