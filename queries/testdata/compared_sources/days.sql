-- Main began on 1 September, abroad on the 21st by India's clock.
select 'both' as source, local_day, calls from days('2026-09-20', '2026-09-21')
union all
select 'abroad', local_day, calls from days('2026-09-20', '2026-09-22', p_source := 'abroad');
