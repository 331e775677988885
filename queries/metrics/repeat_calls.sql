-- The share of answered incoming calls that the same customer followed with another incoming call within 24 hours, per combination of the
-- named dimension columns. The later call can be any call, outside the given ones too, so that a day is the same in a week. Masked
-- customers are not known to call again; if all are masked, the share is unknown.
create or replace macro repeat_calls(p_dims, p_rows) as table
with
answered_calls as (
    select
        columns(p_dims),
        call_key as answered_call, customer_key as answered_key, started_at as answered_from, local_day as answered_on
    from query_table(p_rows)
    where direction = 'incoming' and answered
),
-- By day, since few days are read; where clocks change, 24 hours can end on the day after the next.
days as (
    select unnest(generate_series(min(answered_on), max(answered_on) + 2, interval 1 day))::date as local_day from answered_calls
),
later as (
    select customer_key, started_at
    from calls semi join days using (local_day)
    where direction = 'incoming' and customer_key is not null
),
-- Joined back by the key of the call, which takes less time than an asof join.
repeated as (
    select answered_call as repeated_call
    from answered_calls semi join later
        on answered_key = customer_key and started_at > answered_from and started_at <= answered_from + to_hours(24)
)
select
    columns(p_dims),
    case when count(answered_key) > 0 then count(repeated_call) / count(*) end as repeat_24h_rate
from answered_calls left join repeated on answered_call = repeated_call
group by all;
