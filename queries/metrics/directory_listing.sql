-- The entries of the configuration and of the vendors' directories, and what the reports of calls say beside them.
create or replace macro directory_listing() as table
with
agents as materialized (
    select null as source, null as entry_id, agent_key as phone, agent_number as number, agent_name as name, valid_from, valid_to, null as fetched_at
    from agent_directory
    where source is null
    union all
    select source, entry_id, phone, number, name, nullif(from_day, '-infinity'), to_day, fetched_at
    from listed_agents()
),
numbers as materialized (
    select null as source, null as entry_id, number_key as phone, virtual_number as number, call_group, valid_from, valid_to, null as fetched_at
    from number_groups
    where source is null
    union all
    select source, entry_id, phone, number, name, nullif(from_day, '-infinity'), to_day, fetched_at
    from listed_numbers()
),
groups as (
    select distinct null as source, null as entry_id, call_group as name, null as valid_from, null as valid_to, null as fetched_at
    from number_groups
    where source is null
    union all
    select source, entry_id, single_spaced(clean_name(name)), nullif(from_day, '-infinity'), to_day, fetched_at
    from directory_entries()
    where kind = 'group'
),
-- The names of phones by reports; none of a phone that no report names.
learned_agents as (
    select
        phones.source, agent_key, spelled.shown as number, names.agent_name as name, nullif(since, '-infinity') as since,
        lead(since) over (partition by phones.source, agent_key order by since) as until
    from (select distinct source, agent_key from agent_name_days) as phones
    join agent_spellings as spelled using (agent_key)
    left join agent_names as names using (source, agent_key)
    where spelled.name_key = ''
),
reported as materialized (
    select source, virtual_number, case when group_basis = 'reported' then call_group end as call_group, min(local_day) as first_day
    from calls
    group by all
),
agent_entries as (
    select
        *,
        case when source is null then 'used'
             when valid_to is not null then 'past'
             when phone is null then 'no number'
             when name is null then 'no name'
             when phone in (select agent_key from agent_directory where source is null) then 'config wins'
             when (source, phone) in (
                 select (source, agent_key) from agent_directory where source is not null and valid_to is null) then 'used'
             else 'several names' end as state
    from agents
),
number_entries as materialized (
    select
        *,
        case when source is null then 'used'
             when valid_to is not null then 'past'
             when phone is null then 'no number'
             when call_group is null then 'no group'
             when phone in (select number_key from number_groups where source is null) then 'config wins'
             when (source, phone) in (
                 select (source, number_key) from number_groups where source is not null and valid_to is null) then 'used'
             else 'several groups' end as state
    from numbers
),
-- A group has the state of its numbers: used if it is the group of any.
group_states as (
    select source, call_group as name, case when bool_or(state = 'used') then 'used' else min(state) end as number_state
    from number_entries
    where call_group is not null and state <> 'past'
    group by source, call_group
),
group_entries as (
    select groups.*, case when valid_to is not null then 'past' else coalesce(number_state, 'no number') end as state
    from groups left join group_states on group_states.source is not distinct from groups.source and group_states.name = groups.name
),
entries as materialized (
    select 'agent' as kind, * from agent_entries
    union all by name
    select 'group' as kind, * from group_entries
    union all by name
    select 'number' as kind, * from number_entries
),
learned as (
    select
        'agent' as kind, name, number, null as call_group, source,
        local_time(since, (select timezone from settings))::date as valid_from,
        local_time(until, (select timezone from settings))::date as valid_to
    from learned_agents
    where case when name is null then agent_key not in (select phone from agents where phone is not null)
               else (agent_key, lower(name)) not in (
                   select (phone, lower(name)) from agents where name is not null and phone is not null) end
    union all by name
    select 'group' as kind, call_group as name, source, min(first_day) as valid_from
    from reported
    where call_group is not null and call_group not in (select name from entries where kind = 'group' and name is not null)
    group by call_group, source
    union all by name
    select 'number' as kind, virtual_number as number, source, min(first_day) as valid_from
    from reported
    where virtual_number is not null
      and coalesce(phone_key(virtual_number), virtual_number) not in (select coalesce(phone, number) from numbers where number is not null)
    group by virtual_number, source
)
select kind, name, number, call_group, origin, state, valid_from, valid_to, date_trunc('second', fetched_at) as fetched_at, entry_id
from (
    select *, coalesce('vendor:' || source, 'config') as origin from entries
    union all by name
    select *, 'calls:' || source as origin, case when valid_to is not null then 'past' when kind = 'agent' and name is null then 'no name' else 'reported' end as state
    from learned
);
