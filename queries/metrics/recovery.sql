-- The aggregates over missed episodes, per combination of the named dimension columns, as kpi has those over calls: an episode has the
-- dimensions of the call that opened it. Open episodes are in none of the rates.
create or replace macro recovery(p_dims, p_rows) as table
with episodes as (from opening_calls(p_dims, p_rows))
select
    columns(p_dims),
    count(*) as missed_episodes,
    count(*) filter (where recovery = 'open') as open_episodes,
    count(*) filter (where recovery = 'callback') as recovered_by_callback,
    count(*) filter (where recovery = 'return') as recovered_by_return,
    count(*) filter (where recovery = 'unrecovered') as unrecovered,
    (recovered_by_callback + recovered_by_return) / nullif(missed_episodes - open_episodes, 0) as recovery_rate,
    median(minutes_to_recover) as median_minutes_to_recover
from episodes
group by all;
