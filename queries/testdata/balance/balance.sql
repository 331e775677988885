-- main: the day of the first delivery, 5 October, is left out, so 6 to 19 October are known: Mondays 10 and 14, Tuesdays 20 and 22, Wednesdays
-- 30 and 34, Thursdays 40 and 40, Fridays 50 and 46, nothing at weekends. The last 7 days are 22 + 34 + 40 + 46 + 14 = 156, 22.2857 a day;
-- all 14 are 306, 21.8571 a day. A week is 12 + 21 + 32 + 40 + 48 = 153. Of Tuesday 20 October 5 of 21 are used by noon, so 400 - 16 = 384
-- are left in the evening: two weeks (306) and 78, which are used on Friday: Wednesday 32, Thursday 72, Friday 120. 14 days after Friday
-- 23 October it is 6 November, 17 days after the fetch.
-- second: nothing is left, and no use is known. third: the newer balance counts; Saturday to Monday have no calls and Friday 4, but Tuesday to
-- Thursday are not known, so it cannot be said when it runs out: 4 / 4 = 1 a day.
select source, balance, fetched_at at time zone 'Asia/Kolkata' as fetched_at, round(coins_per_day_7, 4) as coins_per_day_7,
    round(coins_per_day_28, 4) as coins_per_day_28, runs_out_on, days_left
from balance()
