-- Sales has incoming calls on 7 September and 4 October, Billing an outgoing one on the 5th. A day looks back four weeks, the 5th to 7 September, though
-- no day that it is compared with has an incoming call, and 2 November to 5 October, on which there is none. 14 days look back eight weeks, November
-- to July. Billing has no incoming calls.
select 'before' as asked, has_incoming, has_outgoing from compared_periods('2026-09-06', '2026-09-06') where stretch = 0
union all
select '4 October', has_incoming, has_outgoing from compared_periods('2026-10-04', '2026-10-04') where stretch = 0
union all
select '5 October', has_incoming, has_outgoing from compared_periods('2026-10-05', '2026-10-05') where stretch = 0
union all
select '1 November', has_incoming, has_outgoing from compared_periods('2026-11-01', '2026-11-01') where stretch = 0
union all
select '2 November', has_incoming, has_outgoing from compared_periods('2026-11-02', '2026-11-02') where stretch = 0
union all
select '14 days', has_incoming, has_outgoing from compared_periods('2026-11-02', '2026-11-15') where stretch = 0
union all
select 'November', has_incoming, has_outgoing from compared_periods('2026-11-01', '2026-11-30') where stretch = 0
union all
select 'Billing', has_incoming, has_outgoing from compared_periods('2026-10-05', '2026-10-05', p_group := 'Billing') where stretch = 0;
