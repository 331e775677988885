-- A webhook says that 1.1 was answered, and the list, which was imported later, that it was not: that is no claim. 1.2 is one.
select call_sid, coins_charged, coins_in_question, cause
from billing_claims('2026-10-05', '2026-10-05')
order by call_sid;
