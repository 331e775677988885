-- 73 calls are listed (62 + 5 of 01204000001, 5 of 01204000002 and one of 7 October). Nobody answered 1.205, 1.206 and 501; 1.207 is not known to be one.
-- The rule is known of 67 incoming calls, of which 1.204 is in question as a whole.
select * from billing_causes('2026-10-05', '2026-10-07')
