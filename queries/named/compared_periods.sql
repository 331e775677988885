-- The periods that summary and changes compare, a row each: stretch 0 is the period itself, 1 to 4 are the comparable ones before it, and 5 the
-- earlier period if it is none of these. until is when one ends as long as the period is not over. left_out says why one does not count,
-- no_calls in which hours calls are missing. data_begins_at is the time of the first delivery of all. has_incoming and has_outgoing say whether
-- there are such calls at all, from the fourth comparable period before to the end of the period.
with
recent as not materialized (
    from period_calls(comparable_from($from::date, $to::date, 4), $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
),
stretches as (from stretches_of(recent, $from, $to, $source, null, null)),
directions as (from directions_in(recent))
select
    stretch, first_day, last_day, case when is_cut and has_data then last_moment end as until,
    is_before, is_usual, left_out, first_delivery, data_from, data_through, data_begins_at,
    no_calls_in_words(no_calls, $from::date = $to::date) as no_calls, has_incoming, has_outgoing
from stretches, directions
order by stretch;
