-- By which rule the vendor charges, learned from its own lists of at least 28 days, by source and direction, and by virtual number where the
-- numbers of a direction have different rules: the length of a pulse and its coins, what is measured (the talk, the call from start to
-- end, or both legs of an outgoing call, each with its coins), of how many answered calls, and how many the rule explains. A rule that
-- explains less than 95 % of at least 50 calls is not claimed: its pulse is empty. rule says it in words.
select
    source, direction, nullif(number, '') as virtual_number, measured,
    case when is_known then pulse_seconds end as pulse_seconds,
    case when is_known then price end as coins_per_pulse,
    case when is_known and measured = 'legs' then agent_price end as agent_coins_per_pulse,
    calls as charged_calls, calls_explained, share_explained, is_known,
    calls_of, rule
from described_rules($from, $to, $source)
where ($direction is null or direction = $direction) and ($number is null or number = '' or is_same_number(number, $number))
order by source, direction, virtual_number nulls first;
