-- The words of status and direction that have no meaning, neither built in nor by the settings of their source, and how many calls have them. Of a
-- call with several phones, each leg that is reported has a status of its own.
create or replace macro unknown_words_of() as table
with
legs as (from shared_call_legs where is_reported),
statuses as (
    select source, direction, call_key, status, outcome from calls anti join legs using (direction, call_key)
    union all
    select source, direction, call_key, status, outcome from legs
)
select 'status' as kind, source, max(status) as word, count(distinct (direction, call_key)) as calls
from statuses
where outcome = 'unknown' and status is not null
group by source, status_word(status)
union all
select 'direction', source, max(trim(sent_direction)), count(distinct call_key)
from call_versions semi join (from calls where direction = 'unknown') as undirected using (call_key)
left join source_settings() using (source)
where direction_word(sent_text(sent_direction, nothing_values)) <> '' and call_direction(sent_direction) = 'unknown'
group by source, direction_word(sent_direction);
