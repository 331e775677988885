-- Ten days are compared with the same weekdays two, four, six and eight weeks before, as are all periods of 8 to 14 days. 10 September is a
-- holiday, which matters in fewer than 28 days. The last delivery came on Friday 16 October at 10:01, so the ten days from Monday 12
-- October are compared with those until Friday 10:01. 15 days go back three weeks, 28 days four; of these, a holiday is part. The 15 days
-- of 3 August begin on the day of the first delivery.
select 'ten days' as period, stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-10-05', '2026-10-14')
union all
select 'running', stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-10-12', '2026-10-21')
union all
select '15 days', stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-09-14', '2026-09-28')
union all
select '28 days', stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-09-14', '2026-10-11');
