-- Coins that an account used by weekday, before its balance was last fetched: on the last such weekday, and on average of the last 28
-- days. It is of all calls of the account: with another filter than that of a source there are no rows.
select source, weekday, coins_last_7_days, coins_average_28_days, days
from balance_weekdays_of($source)
where coalesce($group, $agent, $number, $direction, $campaign, $hours) is null
order by source, weekday;
