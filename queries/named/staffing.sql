-- Agents needed by Erlang C and agents who took calls, per weekday (1 Monday … 7 Sunday) and half-hour; assumptions in docs/metrics.md.
with rows as (from period_calls($from::date - 1, $to, $group, $agent, $number, $direction, $campaign, $source, $hours))
select
    weekday, half_hour, is_open, half_hours, offered, missed, service_level, avg_talk_seconds, traffic, agents_seen, agents_needed,
    agents_short, expected_service_level, one_more_service_level, one_more_answered, planned_service_level
from staffing_of(['everything'], rows, $from, $to, $source, $group, $number)
order by weekday, half_hour;
