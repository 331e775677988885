-- Every metric of the whole period in one row, and the same for the previous period (before_…).
-- The previous period is the same weekday a week before for a day, the month before for a month, else as many days before.
with slice as (from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
running as (from running_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)),
earlier as (
    from period_calls(coalesce($before_from::date, previous_from($from::date, $to::date)),
                      coalesce($before_to::date, previous_to($from::date, $to::date)),
                      $group, $agent, $number, $direction, $campaign, $source, $hours)
),
earlier_running as (
    from running_calls(coalesce($before_from::date, previous_from($from::date, $to::date)),
                       coalesce($before_to::date, previous_to($from::date, $to::date)),
                       $group, $agent, $number, $direction, $campaign, $source, $hours)
)
select columns(lambda x: x <> 'everything')
from total_of(slice, running)
cross join (select columns(lambda x: x <> 'everything') as 'before_\0' from total_of(earlier, earlier_running)) as before;
