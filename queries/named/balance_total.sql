-- Coins that the accounts used in a week, as in balance_weekdays, and in words what is left and until when. One row, which is empty with
-- another filter than that of a source.
select
    case when is_of_all then coins_last_7_days end as coins_last_7_days,
    case when is_of_all then coins_average_28_days end as coins_average_28_days,
    case when is_of_all then note end as note
from balance_total_of($source), (select coalesce($group, $agent, $number, $direction, $campaign, $hours) is null as is_of_all);
