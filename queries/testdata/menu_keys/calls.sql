-- m2: another spelling, and a number. m3: a circle that means no value; of several keys the first counts, which is no conflict. m4: a
-- circle that is an object is no text; the key is the other field's. m5: a webhook, then the vendor's list, which has no key and erases
-- none. m6: only the list has a report of it; a live event is none.
select call_sid, circle, ivr_key, from_list, imported,
       list_filter(flags, lambda flag: flag in ('conflicting_values', 'unreadable_value')) as flags, extra
from calls order by call_sid;
