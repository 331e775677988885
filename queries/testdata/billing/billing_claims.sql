-- See billing.sql. 1.204 is the second id of the call 1.203.
select call_sid, coins_charged, coins_explained, coins_in_question, cause, reason
from billing_claims('2026-10-05', '2026-10-07')
