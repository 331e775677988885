-- Why calls were missed: what became of those nobody answered, and of those that ended in the IVR, most frequent first.
with slice as (
    select *, missed_reason(outcome) as missed_reason
    from period_calls($from, $to, $group, $agent, $number, $direction, $campaign, $source, $hours)
    where direction = 'incoming' and not answered
)
select missed_reason, calls, missed, missed / nullif(sum(missed) over (), 0) as missed_share, unique_customers, coins
from kpi(['missed_reason'], slice)
order by missed desc, calls desc, missed_reason;
