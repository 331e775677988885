-- The calls in which our data and the vendor's own list differ, with what both say; a row per difference. By the day of the list, in the zone
-- of the source. is_newer says that the list is newer than what we know of the call, so that reconcile --fix takes it in.
with
by_field as (
    select
        source, day, direction, call_sid, started_at, customer_number, vendor_outcome, our_outcome, vendor_talk_seconds, our_talk_seconds,
        vendor_group, our_group, vendor_agent_name, vendor_agent_number, our_agent_name, our_agent_number, vendor_coins, our_coins,
        unnest(differences) as difference, is_newer
    from differing_calls($from, $to, $source)
)
select
    source, day, direction, call_sid, started_at, customer_number, difference,
    case difference when 'status' then vendor_outcome when 'talk' then vendor_talk_seconds::varchar when 'group' then vendor_group
        when 'agent' then concat_ws(' ', vendor_agent_name, vendor_agent_number) when 'coins' then coins_text(vendor_coins) when 'missing' then vendor_outcome end as vendor_value,
    case difference when 'status' then our_outcome when 'talk' then our_talk_seconds::varchar when 'group' then our_group
        when 'agent' then concat_ws(' ', our_agent_name, our_agent_number) when 'coins' then coins_text(our_coins) when 'unknown to the vendor' then our_outcome end as our_value,
    is_newer
from by_field
order by source, day, started_at, direction, call_sid, difference;
