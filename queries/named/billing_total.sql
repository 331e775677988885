-- The same as billing, in one row for the period: also how many calls are in question, what was charged for them and is explained, and how
-- many days have a list, have none, and are complete. is_complete says that every day has a list and that nothing is missing or differs;
-- note says in words what is not.
with billed as (from billed_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    vendor_calls, our_calls, vendor_coins, our_coins, coins_difference, coins_charged_twice, coins_not_connected, coins_over_pulses, unchecked_calls,
    coins_in_question, claims, coins_charged, coins_explained, days_listed, days_unlisted, days_complete, is_complete, note
from billing_total_of(billed, $from, $to, $source);
