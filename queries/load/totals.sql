-- What a batch of a load added, without lines that are copies of a stored delivery.
select
    count(*) as lines,
    count(*) filter (where reason is null and kind = 'call_report') as reports,
    count(*) filter (where reason is null and kind = 'live_call') as live_events,
    (select coalesce(sum(deliveries), 0)::bigint from read_deliveries where kind = 'call_report')
        - (select coalesce(sum(deliveries), 0)::bigint from delivery_totals where kind = 'call_report') as report_copies,
    (select coalesce(sum(deliveries), 0)::bigint from read_deliveries where kind = 'live_call')
        - (select coalesce(sum(deliveries), 0)::bigint from delivery_totals where kind = 'live_call') as live_event_copies,
    max(received_at) filter (where reason is null and not imported) as last_received_at
from staged;
