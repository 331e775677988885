-- Up to 4 October there is no list. With the number of another, no row.
select count(*) as rules from pulses('2026-10-01', '2026-10-04')
