-- The rule of a direction is not used for a number of whose calls it explains less than half: two calls of 9 coins are not in question.
-- Of 01204000003, whose calls cost 7 coins whatever they talk, nothing is.
select virtual_number, coins_over_pulses, unchecked_calls from billing('2026-10-04', '2026-10-05') where virtual_number in ('01204000003', '01205000002')
