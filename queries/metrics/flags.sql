-- What contradicts itself in the reports of calls, over any set of calls: a row per flag, also of those that no call has.
create or replace macro flags_of(p_rows) as table
with
known (flag, meaning) as (values
    ('talk_over_call', 'more talk than the call was long'),
    ('end_before_start', 'the end is before the start'),
    ('legs_out_of_order', 'a leg rang or was picked up before the call or after its end'),
    ('answered_without_talk', 'answered, and no second of talk'),
    ('talk_without_answer', 'talk, and the status is not an answer'),
    ('clock_mismatch', 'the second in the CallSid is more than a minute from the start'),
    ('derived_talk', 'no talk time was sent; it follows from the times'),
    ('derived_duration', 'no duration was sent; it follows from the times'),
    ('derived_start', 'no start was sent; it follows from what else was'),
    ('no_status', 'no status was sent'),
    ('unknown_status', 'a status word nobody has told us about'),
    ('unreadable_value', 'a duration or coins that are no number, or one that cannot be'),
    ('unreadable_time', 'a time that cannot be read, or lies days after the call')
),
found as (select unnest(flags) as flag from query_table(p_rows))
select coalesce(known.flag, found.flag) as flag, meaning, count(found.flag) as calls
from known full join found on known.flag = found.flag
group by all;
