-- The direction of a call that was known before: a change, and no first report.
select call_sid, field, old, new from restated('2026-10-05', '2026-10-05') where field in ('call', 'direction', 'wait_seconds');
