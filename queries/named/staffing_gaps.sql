-- When a group had fewer agents than it needed and missed calls, by weekday (1 Monday … 7 Sunday); the most missed first.
with rows as (from period_calls($from::date - 1, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    call_group, weekday, from_time, to_time, offered, missed, agents_seen, agents_needed, agents_short, one_more_answered
from staffing_gaps_of(rows, $from, $to, $source, $number)
order by missed desc, call_group, weekday, from_time;
