-- Whether a value of a metric is better or worse than an earlier one, by the direction that is good for the metric.
create or replace macro verdict(p_good, p_now, p_before) as
    case
        when p_now is null or p_before is null then null
        when p_now = p_before then 'same'
        when p_good = 'neutral' then 'neutral'
        when (p_now > p_before) = (p_good = 'higher') then 'better'
        else 'worse' end;
