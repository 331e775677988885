-- What the vendor charged by its own lists against the coins of the webhooks, by day of the source, virtual number and direction, of the
-- days that have a list, with the coins in question by cause: charged twice, charged although nobody answered, and charged for more
-- pulses than the call explains (empty if the rule is not known; pulses has the rules).
with billed as (from billed_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    source, day, virtual_number, direction, vendor_calls, our_calls, vendor_coins, our_coins, coins_difference, coins_charged_twice,
    coins_not_connected, coins_over_pulses, unchecked_calls, coins_in_question
from billing_of(['source', 'day', 'virtual_number', 'direction'], billed)
order by day, source, virtual_number, direction;
