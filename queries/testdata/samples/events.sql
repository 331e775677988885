-- Two different live events, each twice; the unknown event is kept as often as it came.
select 'live' as kind, status as what, deliveries from live_events
union all
select 'other', event, count(*) from other_events group by event
order by kind, what;
