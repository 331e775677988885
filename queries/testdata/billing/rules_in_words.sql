-- See pulses.sql.
select calls_of, rule from pulses('2026-10-05', '2026-10-07')
