-- Nobody lacks on the days of the period.
select count(*) as gaps from staffing_gaps('2026-10-12', '2026-10-18');
