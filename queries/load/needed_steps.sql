-- How many calls counted_calls.sql found, and of these, how many have several phones, with more than one report and at all.
select
    count(*) as calls,
    count(*) filter (where has_several_phones and reports > 1) as several_reports,
    count(*) filter (where has_several_phones) as several_phones
from refreshed_calls;
