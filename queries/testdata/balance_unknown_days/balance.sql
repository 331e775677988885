-- Each day from 6 to 20 October uses 7 coins, but those of the 15th and 16th are unknown: two of the last 7 days, so their average is unknown.
-- It is 7 of the 12 days that are known. Each weekday uses 7, so 70 coins last for ten days after the 20th.
select coins_per_day_7, coins_per_day_28, runs_out_on from balance();
