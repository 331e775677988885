-- The running 12 October: Mondays until 11:30, of which 28 September is a holiday and only left out of the usual range. The 5th is over, so
-- whole Mondays; four back is the day of the first delivery. On the holiday itself nothing is usual. The two days 12 and 13 October
-- are compared with the 10th and 11th, of which 11:30 on the 10th is as far; the usual range is of Mondays and Tuesdays.
select '12th' as period, stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-10-12', '2026-10-12')
union all
select '5th', stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-10-05', '2026-10-05')
union all
select 'holiday', stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-09-28', '2026-09-28')
union all
select 'two days', stretch, first_day, last_day, until, is_before, is_usual, left_out from compared_periods('2026-10-12', '2026-10-13');
