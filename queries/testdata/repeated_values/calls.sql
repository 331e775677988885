-- r1: equal values are one. r2: ANSWER comes first; 40 and "40" are equal. r3: a blank is no value. r4: "0" is no name, and the zeros
-- are no time. r5: an object is no name; an empty array and {} are nothing. r6: talk of 0 s is a value, and so it counts. r8: the
-- second report has no contradiction, but the call had one. r10: the live event has one. r11: what programs
-- write for nothing is no value.
select call_sid, status, agent_name, customer_key, strftime(timezone('Asia/Kolkata', started_at), '%H:%M:%S') as start,
       call_seconds, talk_seconds, coins, extra,
       list_filter(flags, lambda flag: flag in ('conflicting_values', 'unreadable_value', 'no_status')) as flags
from calls order by length(call_sid), call_sid;
