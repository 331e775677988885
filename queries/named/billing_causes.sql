-- The coins in question by cause, and of how many calls of the vendor's lists: charged_twice, not_connected and over_pulses. Of over_pulses,
-- of_calls are those whose rule is known.
with billed as (from billed_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select cause, calls, of_calls, coins_in_question
from billing_causes_of(billed)
order by place;
