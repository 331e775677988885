-- Contradictions and gaps in the reports of calls, over any set of calls: a row per flag, including those that no call has.
create or replace macro flags_of(p_rows) as table
with
known (flag, meaning) as (values
    ('talk_over_call', 'talk time longer than the call'),
    ('end_before_start', 'the end is before the start'),
    ('legs_out_of_order', 'a leg rang or was picked up before the call or after its end'),
    ('answered_without_talk', 'answered with zero talk time'),
    ('talk_without_answer', 'talk time, but the status is not an answer'),
    ('clock_mismatch', 'the start is more than a minute from the second in the CallSid, or after the receipt'),
    ('derived_talk', 'no talk time was sent; derived from the times'),
    ('unknown_talk', 'answered, but no talk time was sent, and none follows from the times'),
    ('unknown_duration', 'no duration was sent, and none follows from the times'),
    ('derived_duration', 'no duration was sent; derived from the times'),
    ('derived_start', 'no start was sent; derived from other fields'),
    ('derived_end', 'no end was sent; derived from the start and the duration'),
    ('derived_wait', 'no time of the answer was sent; the wait is the duration without the talk time'),
    ('conflicting_versions', 'reports of the same call and phone differ in the status, a duration or a time; the newest counts'),
    ('no_status', 'no status was sent'),
    ('unknown_status', 'unrecognised status'),
    ('conflicting_values', 'a field was sent several times with different values; the first counts'),
    ('unknown_direction', 'no direction was sent, or one in an unknown word'),
    ('derived_direction', 'no direction was sent; derived from what only one direction has'),
    ('duration_mismatch', 'the duration and the time from start to end differ by more than a minute'),
    ('dropped_fraction', 'a duration with a fraction of a second, which was dropped'),
    ('unreadable_number', 'a number that is damaged, or several in one'),
    ('unreadable_value', 'a duration or coins that are not a number, or impossible; a JSON object instead of a value'),
    ('unreadable_time', 'a time that cannot be read, or is days after the call')
),
found as (select unnest(flags) as flag from query_table(p_rows))
select coalesce(known.flag, found.flag) as flag, meaning, count(found.flag) as calls
from known full join found on known.flag = found.flag
group by all;
