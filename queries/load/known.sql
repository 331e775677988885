-- Of the calls that the staged lines say something about, those that something is known of already.
create or replace temp table known as
select distinct call_key
from (select call_key from call_versions union all select call_key from live_events) semi join fresh using (call_key);

-- And of the reports and live events among them, those that came before.
create or replace temp table come_again as
select kind, call_key, content_hash, first_received_at, last_received_at, deliveries
from fresh semi join known using (call_key)
semi join (
    select 'call_report' as kind, call_key, content_hash from call_versions
    union all
    select 'live_call' as kind, call_key, content_hash from live_events
) as before using (kind, call_key, content_hash);
