-- Learns the names of agents from the reports of all calls, and names the agents of new calls, and of those whose phone has other
-- names than before.
create or replace temp view all_legs as
select source, agent_key, agent_number, reported_agent_name, started_at from calls where agent_key is not null
union all
select source, agent_key, agent_number, reported_agent_name, started_at from shared_call_legs where not is_first and agent_key is not null;

create or replace temp table reported_names as
select source, agent_key, agent_number, reported_agent_name, count(*) as legs, min(started_at) as first_at
from all_legs
group by source, agent_key, agent_number, reported_agent_name;

-- The most frequent spelling of each name, and of each number the one in the earliest call.
create or replace temp table new_spellings as
select agent_key, lower(agent_name) as name_key, arg_min(agent_name, (-legs, agent_name)) as shown
from (
    select agent_key, reported_agent_name as agent_name, sum(legs)::bigint as legs
    from reported_names
    where reported_agent_name is not null
    group by agent_key, reported_agent_name
)
group by agent_key, lower(agent_name)
union all
select agent_key, '', arg_min(agent_number, (first_at, agent_number))
from reported_names
group by agent_key;

-- Most phones have one name; only the others need the times at which it changes.
create or replace temp table new_names as
with
named as (
    select source, agent_key, min(lower(reported_agent_name)) as name_key, count(distinct lower(reported_agent_name)) as names
    from reported_names
    where reported_agent_name is not null
    group by source, agent_key
),
moments as (
    select source, agent_key, started_at, min(lower(reported_agent_name)) as name_key
    from all_legs semi join (from named where names > 1) using (source, agent_key)
    where reported_agent_name is not null
    group by source, agent_key, started_at
),
changes as (
    select *, lag(name_key) over by_time as earlier_name
    from moments
    window by_time as (partition by source, agent_key order by started_at)
    qualify name_key is distinct from lag(name_key) over by_time
)
select source, agent_key, '-infinity'::timestamptz as since, shown as agent_name
from named join new_spellings using (agent_key, name_key)
where names = 1
union all
select source, agent_key, case when earlier_name is null then '-infinity' else started_at end, shown
from changes join new_spellings using (agent_key, name_key);

create or replace temp table renamed as
select distinct agent_key
from (
    (select agent_key from (from new_spellings except from agent_spellings))
    union all (select agent_key from (from agent_spellings except from new_spellings))
    union all (select agent_key from (from new_names except from agent_names))
    union all (select agent_key from (from agent_names except from new_names))
);

delete from agent_spellings;
insert into agent_spellings from new_spellings;
delete from agent_names;
insert into agent_names from new_names;

-- Only an agent without a reported name, or with one that is spelled otherwise, can go by another name than the call has.
create or replace temp table odd_names as
select distinct agent_key, reported_agent_name
from reported_names
where reported_agent_name is not null
  and (agent_key, reported_agent_name) not in (select (agent_key, shown) from new_spellings);

update calls set agent_name = named.agent_name, agent = named.agent
from (
    with rows as (
        select rowid as row, source, agent_key, agent_number, reported_agent_name, agent_name, agent, local_day, started_at
        from calls
        where agent_key is not null
          and (reported_agent_name is null or agent_name is distinct from reported_agent_name
               or (agent_key, reported_agent_name) in (select (agent_key, reported_agent_name) from odd_names))
          and (agent_key in (select agent_key from renamed) or call_key in (select call_key from refreshed_calls))
    )
    select row, agent_name, agent from with_agents(rows)
) as named
where calls.rowid = named.row and (calls.agent_name is distinct from named.agent_name or calls.agent is distinct from named.agent);

update shared_call_legs as legs set agent_name = named.agent_name, agent = named.agent
from (
    with rows as (
        select rowid as row, source, agent_key, agent_number, reported_agent_name, agent_name, agent, local_day, started_at
        from shared_call_legs
        where agent_key is not null
          and (agent_key in (select agent_key from renamed) or call_key in (select call_key from refreshed_calls))
    )
    select row, agent_name, agent from with_agents(rows)
) as named
where legs.rowid = named.row;
