-- w2: the status beside the data is not that of the call: it stays in extra. w6 and w7 are elements of one line of an older collector,
-- the second of them twice in it. w9: the envelope says live_call, by the Status beside the data. w15: what names the call only has
-- its report inside. w18: a report with something else inside.
select call_sid, direction, status, talk_seconds, deliveries, extra,
       list_filter(flags, lambda flag: flag in ('conflicting_values', 'unreadable_value', 'no_status')) as flags
from calls order by length(call_sid), call_sid;
