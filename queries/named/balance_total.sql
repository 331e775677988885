-- Coins that the accounts used in a week, as in balance_weekdays, and in words what is left and until when.
select coins_last_7_days, coins_average_28_days, note
from balance_total_of($source)
where coalesce($group, $agent, $number, $direction, $campaign, $hours) is null;
