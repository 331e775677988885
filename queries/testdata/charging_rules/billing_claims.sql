-- 700: 45 s of the agent's leg are 2 pulses, 25 s of talk one: 1 + 1.5 of 3.5 coins. 701: 20 s of the agent's leg are one pulse, 0.5 of 1 coin. Of 702
-- it is not known. 1.400: 70 s are 2 of 3 coins. 1.401: 50 s are 4 × 15 s, 1 of 3 coins. 2.400: 50 s are 2 of 3 coins.
select call_sid, coins_charged, coins_explained, reason from billing_claims('2026-10-05', '2026-10-05')
