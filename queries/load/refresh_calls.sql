-- Computes the calls of the staged lines again. A call that the database does not have yet is computed from these lines alone.
delete from calls using existing_calls where calls.call_key = existing_calls.call_key;

insert into calls by name
with
refreshed_versions as (
    select * exclude (kind) from versions anti join existing_calls using (call_key) where kind = 'call_report'
    union all by name
    from call_versions semi join existing_calls using (call_key)
),
refreshed_live as (
    select * exclude (kind) from versions anti join existing_calls using (call_key) where kind = 'live_call'
    union all by name
    from live_events semi join existing_calls using (call_key)
)
from calls_from(refreshed_versions, refreshed_live);
