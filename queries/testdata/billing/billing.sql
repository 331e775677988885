-- Incoming of 01204000001 on 5 October: 60 calls of 1, 2 or 3 coins, 20 of each: 120. Then 3 + 2 (1.202, two rows of 1) + 1.5 + 1.5 + 0.5 + 0 + 1 =
-- 9.5 on 7 calls; the webhooks say 2 + 1 + 1 + 1 + 0.5 + 0 + 1 = 6.5. Charged twice: 1 and, under a second id, 1.5. Nobody answered: 0.5; 1.207
-- has a status that nobody knows. 80 s are two pulses, so 1 of 3 coins is too much; 41 s are one, so 0.5 of the 1.5 of the first id.
-- Incoming of 01204000002: 1.208 is known through the list only, of 1.209 a webhook said 2.5, and 1.210 is not on the list.
-- Outgoing: 501 is charged though the agent did not pick up; the other two cannot be checked, since the rule is not known, and 502 has no talk.
-- 6 October has no list. The list of 7 October was fetched five minutes after 1.303, so that call is not compared.
select day, virtual_number, direction, vendor_calls, our_calls, vendor_coins, our_coins, coins_difference, coins_charged_twice, coins_not_connected,
    coins_over_pulses, unchecked_calls, coins_in_question
from billing('2026-10-05', '2026-10-07')
