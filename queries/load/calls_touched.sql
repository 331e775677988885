-- Again the calls that the staged lines say something about: new ones from those lines alone.
delete from calls using known where calls.call_key = known.call_key;

insert into calls by name
with
touched_versions as (
    select * exclude (kind) from versions anti join known using (call_key) where kind = 'call_report'
    union all by name
    from call_versions semi join known using (call_key)
),
touched_live as (
    select * exclude (kind) from versions anti join known using (call_key) where kind = 'live_call'
    union all by name
    from live_events semi join known using (call_key)
)
from calls_from(touched_versions, touched_live);
