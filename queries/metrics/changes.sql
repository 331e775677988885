-- The period that another is compared with: the same weekday a week before for a day, the month before for a whole month, else as
-- many days just before.
create or replace macro previous_from(p_from, p_to) as
    case when p_from = p_to then p_from - 7
         when day(p_from) = 1 and p_to = last_day(p_from) then (p_from - interval 1 month)::date
         else p_from - (p_to - p_from + 1)::integer end;

create or replace macro previous_to(p_from, p_to) as
    case when p_from = p_to then p_from - 7 else p_from - 1 end;

-- Every metric over any set of calls, in a row each.
create or replace macro values_of(p_rows) as table
with numbers as (select columns(* exclude (everything))::double from total_of(p_rows, p_rows))
from numbers unpivot include nulls (value for name in (columns(*)));

-- Whether a value of a metric is better or worse than an earlier one, by the direction that is good for the metric.
create or replace macro verdict(p_good, p_now, p_before) as
    case
        when p_now is null or p_before is null then null
        when p_now = p_before then 'same'
        when p_good = 'neutral' then 'neutral'
        when (p_now > p_before) = (p_good = 'higher') then 'better'
        else 'worse' end;
