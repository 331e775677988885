-- Learns the names of agents from the reports of all calls, and names the agents of new calls, and of those whose phone has other
-- names than before. Only the days of the computed calls are read again: renewed_days, to which refresh_calls.sql added those that
-- the calls had before.
insert into renewed_days
select local_day from calls semi join refreshed_calls using (call_key, call_sid)
union
select local_day from shared_call_legs semi join refreshed_calls using (call_key, call_sid);

create or replace temp view renewed_legs as
select source, agent_key, local_day, agent_number, reported_agent_name, started_at
from calls semi join renewed_days using (local_day)
where agent_key is not null
union all
select source, agent_key, local_day, agent_number, reported_agent_name, started_at
from shared_call_legs semi join renewed_days using (local_day)
where not is_first and agent_key is not null;

-- Only the phones of these days, before and now, can get other names.
create or replace temp table renewed_phones as
select distinct agent_key from agent_name_days semi join renewed_days using (local_day)
union
select distinct agent_key from renewed_legs;

delete from agent_name_days where local_day in (select local_day from renewed_days);
insert into agent_name_days
select source, agent_key, local_day, agent_number, reported_agent_name, count(*) as legs, min(started_at) as first_at
from renewed_legs
group by source, agent_key, local_day, agent_number, reported_agent_name;

-- Most phones have one name a day; only the others need the times at which it changes.
delete from agent_name_changes where local_day in (select local_day from renewed_days);
insert into agent_name_changes
with
named as (
    select
        source, agent_key, local_day, min(first_at) as since,
        min(lower(reported_agent_name)) as name_key, count(distinct lower(reported_agent_name)) as names
    from agent_name_days semi join renewed_days using (local_day)
    where reported_agent_name is not null
    group by source, agent_key, local_day
),
moments as (
    select source, agent_key, local_day, started_at as since, min(lower(reported_agent_name)) as name_key
    from renewed_legs semi join (from named where names > 1) using (source, agent_key, local_day)
    where reported_agent_name is not null
    group by source, agent_key, local_day, started_at
)
select source, agent_key, local_day, since, name_key from named where names = 1
union all
select source, agent_key, local_day, since, name_key
from moments
qualify name_key is distinct from lag(name_key) over (partition by source, agent_key, local_day order by since);

-- The most frequent spelling of each name, and of each number the one in the earliest call.
create or replace temp view renewed_phone_days as from agent_name_days semi join renewed_phones using (agent_key);
create or replace temp table new_spellings as
select agent_key, lower(agent_name) as name_key, arg_min(agent_name, (-legs, agent_name)) as shown
from (
    select agent_key, reported_agent_name as agent_name, sum(legs)::bigint as legs
    from renewed_phone_days
    where reported_agent_name is not null
    group by agent_key, reported_agent_name
)
group by agent_key, lower(agent_name)
union all
select agent_key, '', arg_min(agent_number, (first_at, agent_number))
from renewed_phone_days
group by agent_key;

create or replace temp table new_names as
with changes as (
    select *, lag(name_key) over by_time as earlier_name
    from agent_name_changes semi join renewed_phones using (agent_key)
    window by_time as (partition by source, agent_key order by since)
    qualify name_key is distinct from lag(name_key) over by_time
)
select source, agent_key, case when earlier_name is null then '-infinity' else since end as since, shown as agent_name
from changes join new_spellings using (agent_key, name_key);

create or replace temp table renamed as
with
old_spellings as (from agent_spellings semi join renewed_phones using (agent_key)),
old_names as (from agent_names semi join renewed_phones using (agent_key))
select distinct agent_key
from (
    (select agent_key from (from new_spellings except from old_spellings))
    union all (select agent_key from (from old_spellings except from new_spellings))
    union all (select agent_key from (from new_names except from old_names))
    union all (select agent_key from (from old_names except from new_names))
);

delete from agent_spellings where agent_key in (from renewed_phones);
insert into agent_spellings from new_spellings;
delete from agent_names where agent_key in (from renewed_phones);
insert into agent_names from new_names;

-- Only an agent without a reported name, or with one that is spelled otherwise, can go by another name than the call has.
create or replace temp table odd_names as
select distinct agent_key, reported_agent_name
from renewed_phone_days
where reported_agent_name is not null
  and (agent_key, reported_agent_name) not in (select (agent_key, shown) from new_spellings);

update calls set agent_name = named.agent_name, agent = named.agent
from (
    with candidates as (
        from calls semi join renewed_days using (local_day) semi join refreshed_calls using (call_key)
        union all
        from calls semi join renamed using (agent_key) anti join refreshed_calls using (call_key)
    ),
    rows as (
        select direction, call_key, call_sid, source, agent_key, agent_number, reported_agent_name, agent_name, agent, local_day, started_at
        from candidates
        where agent_key is not null
          and (reported_agent_name is null or agent_name is distinct from reported_agent_name
               or (agent_key, reported_agent_name) in (select (agent_key, reported_agent_name) from odd_names))
    )
    select direction, call_key, call_sid, agent_name, agent from with_agents(rows)
) as named
where calls.direction = named.direction and calls.call_key = named.call_key and calls.call_sid = named.call_sid
  and (calls.agent_name is distinct from named.agent_name or calls.agent is distinct from named.agent);

update shared_call_legs as legs set agent_name = named.agent_name, agent = named.agent
from (
    with rows as (
        select distinct direction, call_key, source, agent_key, agent_number, reported_agent_name, agent_name, agent, local_day, started_at
        from shared_call_legs
        where agent_key is not null
          and (agent_key in (select agent_key from renamed) or call_key in (select call_key from refreshed_calls))
    )
    from with_agents(rows)
) as named
where legs.direction = named.direction and legs.call_key = named.call_key and legs.agent_key = named.agent_key and legs.started_at = named.started_at
  and legs.agent_number is not distinct from named.agent_number
  and legs.reported_agent_name is not distinct from named.reported_agent_name;
