-- Whether a value of a metric is better or worse than an earlier one, by the direction that is good for the metric.
create or replace macro verdict(p_good, p_now, p_before) as
    case
        when p_now is null or p_before is null then null
        when p_now = p_before then 'same'
        when p_good = 'neutral' then 'neutral'
        when (p_now > p_before) = (p_good = 'higher') then 'better'
        else 'worse' end;

-- The same against the usual range: 'same' within it, NULL where there is none. What would be shown as equal to an end of it is within.
create or replace macro usual_verdict(p_good, p_format, p_now, p_low, p_high) as
    case when p_low is null or p_high is null then null
         else verdict(p_good, as_shown(p_format, p_now),
                      greatest(as_shown(p_format, p_low), least(as_shown(p_format, p_high), as_shown(p_format, p_now)))) end;

-- A value as the key figures of a workbook show it: rates to a tenth of a point.
create or replace macro as_shown(p_format, p_value) as
    round(p_value, case p_format when 'rate' then 3 when 'coins' then 2 when 'decimal' then 1 else 0 end);
