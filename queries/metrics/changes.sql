-- The first day of the period just before one: of the month before for a whole month, else as many days before.
create or replace macro previous_from(p_from, p_to) as
    case when day(p_from) = 1 and p_to = last_day(p_from) then (p_from - interval 1 month)::date
         else p_from - (p_to - p_from + 1)::integer end;

-- Every metric over any set of calls, a row each.
create or replace macro values_of(p_rows) as table
with numbers as (select columns(* exclude (everything))::double from total_of(p_rows))
from numbers unpivot include nulls (value for name in (columns(*)));

-- Whether a figure is better or worse than another, by the direction the metric calls good.
create or replace macro verdict(p_good, p_now, p_before) as
    case
        when p_now is null or p_before is null then null
        when p_now = p_before then 'same'
        when p_good = 'neutral' then 'neutral'
        when (p_now > p_before) = (p_good = 'higher') then 'better'
        else 'worse' end;
