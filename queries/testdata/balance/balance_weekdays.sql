-- The last 7 days before 20 October are 13 to 19 October; averages are of two days each. Of third, only 16 to 19 October are known.
select source, weekday, coins_last_7_days, coins_average_28_days, days
from balance_weekdays()
