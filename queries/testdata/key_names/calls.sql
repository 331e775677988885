-- k1, k2, k3: capitals, spaces, underscores and hyphens do not matter. k4: the vendor's own spelling counts before another. k5: an
-- empty Status says nothing, so the other spelling counts. k6: a Type that is no kind is a field like any other. k7: a line that an
-- older collector called other. k8 and k9 are no reports.
select call_sid, direction, customer_key, agent, call_group, campaign_id, outcome, call_seconds, talk_seconds, wait_seconds, coins, extra,
       list_filter(flags, lambda flag: flag in ('conflicting_values', 'unreadable_value', 'no_status')) as flags
from calls order by call_sid;
