-- Sales: 3 of 5 answered, 0.6 − 0.55 of all; 2 of 4 within the target, 0.5 − 0.5; 1.75 of 6.5 coins on unanswered calls, where less is
-- better, 0.25 − 0.2692, which misses the goal. Support has a goal of its own, 0.5, and 1 of 2 answered, and none for coins; it meets all.
-- There are no outgoing calls, so nothing is known of the connect rate.
select
    call_group, round(answer_rate, 4) as answer_rate, round(answer_rate_to_goal, 4) as answer_rate_to_goal,
    round(service_level_to_goal, 4) as service_level_to_goal, round(coins_unanswered_share_to_goal, 4) as coins_unanswered_share_to_goal,
    connect_rate_to_goal, recovery_rate_to_goal, below_goal
from groups('2026-10-05', '2026-10-05');
