-- Whether a local time is within business hours; always true if none are configured. The spans are looked up by weekday, since few are of one.
create or replace macro is_business_time(p_local) as
    case when (select count(*) from business_hours) = 0 then true
    else coalesce(len(list_filter((
            select list(spans order by weekday)
            from (
                select days.weekday, coalesce(list(hours order by opens, closes) filter (where hours.weekday is not null), []) as spans
                from range(1, 8) as days(weekday) left join business_hours as hours on hours.weekday = days.weekday
                group by days.weekday
            ))[isodow(p_local)], lambda span: p_local::time >= span.opens and p_local::time < span.closes)), 0) > 0
        and not coalesce(list_contains((select list(day order by day) from holidays), p_local::date), false) end;
