-- The events of other kinds received so far, those that seem to be reports under a type that is unknown, and the wrappers that could not be
-- opened, whose calls are missing; how often each. An event without a type is named by its keys, and so is a wrapper.
create or replace macro key_list(p_object) as '{' || array_to_string(json_keys(p_object), ', ') || '}';

create or replace macro events_of() as table
select
    case when json_extract_string(payload, 'CallSid') <> ''
              and coalesce(nullif(json_extract_string(payload, 'EndTime'), ''), json_extract_string(payload, 'CallDuration')) <> ''
         then 'report' else 'event' end as kind,
    coalesce(nullif(trim(event), ''), key_list(payload)) as name, count(*) as deliveries
from other_events group by all
union all
select 'wrapper', key_list(coalesce(json_extract(object, '$.payload'), object)), count(*)
from (select try_cast(text as json) as object from rejects where reason = 'unopened wrapper') group by all;
