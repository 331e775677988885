-- What to ask the vendor to refund, call by call: the coins charged, those that are explained, those in question and why.
with billed as (from billed_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    source, day, started_at, virtual_number, direction, customer_number, call_group, agent, call_seconds, talk_seconds, coins_charged,
    coins_explained, coins_in_question, cause, reason, call_sid
from billing_claims_of(billed)
order by started_at, source, direction, call_sid;
