-- Of the calls that the staged lines say something about, those that something is known of already.
create or replace temp table known as
select distinct call_key
from (select call_key from call_versions union all select call_key from live_events) semi join fresh using (call_key);
