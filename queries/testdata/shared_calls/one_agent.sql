-- The calls in which a report names a leg of Bina's: s1, s2, s3 and s7.
select calls, answered, talk_seconds from summary('2026-10-05', '2026-10-05', p_agent := 'Bina');
