-- What is left on the account of each source, in coins, as last fetched from the vendor: the average use of a day over the last 7 and 28
-- days, and the day on which the balance runs out if each weekday goes on using what it did on average of the last 28 days.
select source, balance, fetched_at, coins_per_day_7, coins_per_day_28, runs_out_on, days_left
from balances_of($source, $now)
order by source;
