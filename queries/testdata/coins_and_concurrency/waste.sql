-- As in coins.sql, but by agent alone, most coins on unanswered calls first.
select agent, calls, coins, coins_unanswered, coins_failed_agent, coins_failed_customer, coins_failed_unknown, coins_unanswered_in
from waste('2026-10-05', '2026-10-05');
