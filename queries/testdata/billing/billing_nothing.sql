-- A time without lists: one row, nothing known, and nothing complete.
select vendor_calls, our_calls, vendor_coins, coins_in_question, claims, coins_charged, days_listed, days_unlisted, is_complete, note
from billing_total('2026-09-01', '2026-09-30')
