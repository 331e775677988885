-- Coins used by weekday, before the balance was last fetched: on the last such weekday, and on average of the last 28 days.
select source, weekday, coins_last_7_days, coins_average_28_days, days
from balance_weekdays_of($source)
order by source, weekday;
