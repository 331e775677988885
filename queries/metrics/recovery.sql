-- The aggregates over missed_episodes, per combination of the named dimension columns (call_group, virtual_number, source,
-- local_day, local_hour, weekday or everything), as kpi has those over calls.
create or replace macro recovery(p_dims, p_rows) as table
with
opening as (
    select distinct columns(lambda x: list_contains(p_dims, x)), customer_key as of_customer, started_at as opened_at
    from query_table(p_rows)
    where direction = 'incoming' and outcome <> 'ivr_only' and not answered
),
episodes as (
    select opening.*, recovery, minutes_to_recover
    from missed_episodes(p_rows) as missed join opening on of_customer = missed.customer_key and opened_at = missed.first_missed_at
)
select
    columns(lambda x: list_contains(p_dims, x)),
    count(*) as missed_episodes,
    count(*) filter (where recovery = 'callback') as recovered_by_callback,
    count(*) filter (where recovery = 'return') as recovered_by_return,
    count(*) filter (where recovery = 'unrecovered') as unrecovered,
    (recovered_by_callback + recovered_by_return) / count(*) as recovery_rate,
    median(minutes_to_recover) as median_minutes_to_recover
from episodes
group by all;
