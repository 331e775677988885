-- The earlier period that summary and changes compare with, and until when, as long as the period is not over; whether it has data, which
-- begins after the day of the first delivery; and from when to when there is data at all.
with recent as (
    from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
),
stretches as (from stretches_of(recent, $from, $to, $source, null, null))
select
    first_day, last_day, case when is_cut and has_data then last_moment end as until,
    has_data, first_delivery, data_from, data_through
from stretches
where is_before;
