-- The words of status and direction that have no meaning, neither built in nor by the settings of their source, and how many calls have them.
create or replace macro unknown_words_of() as table
select 'status' as kind, source, max(status) as word, count(*) as calls
from calls
where list_contains(flags, 'unknown_status')
group by source, status_word(status)
union all
select 'direction', source, max(trim(sent_direction)), count(distinct call_key)
from call_versions semi join (from calls where direction = 'unknown') as undirected using (call_key)
where direction_word(sent_direction) <> '' and call_direction(sent_direction) = 'unknown'
group by source, direction_word(sent_direction);
