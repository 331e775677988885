-- The sums of billing and of billing_claims: 3 + 2 + 1.5 + 1.5 + 0.5 + 0.5 coins are charged for the calls in question. 5 October is not complete, since calls differ; 7 October was not over.
select vendor_calls, our_calls, vendor_coins, our_coins, coins_difference, coins_charged_twice, coins_not_connected, coins_over_pulses, unchecked_calls,
    coins_in_question, claims, coins_charged, coins_explained, days_listed, days_unlisted, days_complete, is_complete, note
from billing_total('2026-10-05', '2026-10-07')
