-- The same id may be a call of each direction. 8000001: a report and a live event of an incoming call, and a live event of an outgoing one, whose report
-- is missing. 8000002: the incoming call has a live event, the outgoing one has none. 8000003: a report without a live event. 8000004: the live
-- event names no known direction, and belongs to the call of its id. 8000091 of another source has no report.
select 'all' as of, calls, live_without_report, reports_without_live from evidence('2026-10-05', '2026-10-05')
union all
select 'main', calls, live_without_report, reports_without_live from evidence('2026-10-05', '2026-10-05', p_source := 'main')
union all
select 'other', calls, live_without_report, reports_without_live from evidence('2026-10-05', '2026-10-05', p_source := 'other')
order by of;
