-- What the directories of vendors say about a day: the name of an agent's phone, and the group of a virtual number.

-- The entries of the directories, each with the days on which a vendor lists it. Of a day, the last sync counts. What the first sync
-- lists is valid from the beginning, since nothing else is known; since_day is the day of the sync that did not list an entry yet.
create or replace macro directory_entries() as table
with changes as (
    select
        * exclude (previous_at),
        case when previous_at is null then '-infinity' else local_time(fetched_at, (select timezone from settings))::date end as day,
        local_time(previous_at, (select timezone from settings))::date as since_day
    from vendor_directory
),
days as (
    from changes
    qualify row_number() over (partition by source, kind, entry_id, name, number, number_id, day order by fetched_at desc) = 1
)
select * exclude (day, is_listed), day as from_day, to_day
from (
    select *, lead(day) over (partition by source, kind, entry_id, name, number, number_id order by day) - 1 as to_day
    from days
)
where is_listed;

-- The parts of a text that may list several numbers or ids; one that is NULL, if it lists none.
create or replace macro listed_parts(p_text) as
    coalesce(nullif(list_filter(list_transform(regexp_split_to_array(p_text, '[,;/|&]'), lambda part: trimmed(part)), lambda part: part <> ''), []),
             [null]);

-- The agents of the directories: each phone of each with its name. Of an agent without a phone, phone is NULL.
create or replace macro listed_agents() as table
select
    source, entry_id, phone_key(number) as phone, number, single_spaced(clean_name(name)) as name, fetched_at, since_day, from_day, to_day
from (
    select * replace (read_number(unnest(listed_parts(number))) as number)
    from directory_entries()
    where kind = 'agent'
);

-- The virtual numbers of the directories, each with each group that it belongs to, if any.
create or replace macro listed_numbers() as table
with
numbers as (
    select source, entry_id, read_number(unnest(listed_parts(number))) as number, fetched_at, since_day, from_day, to_day
    from directory_entries()
    where kind = 'number'
),
groups as (
    select source, unnest(listed_parts(number_id)) as entry_id, single_spaced(clean_name(name)) as name, fetched_at, since_day, from_day, to_day
    from directory_entries()
    where kind = 'group'
)
select
    numbers.source, numbers.entry_id, phone_key(number) as phone, number, name,
    greatest(groups.fetched_at, numbers.fetched_at) as fetched_at,
    case when groups.from_day > numbers.from_day then groups.since_day else numbers.since_day end as since_day,
    greatest(groups.from_day, numbers.from_day) as from_day,
    least(groups.to_day, numbers.to_day) as to_day
from numbers left join groups
    on groups.source = numbers.source and groups.entry_id = numbers.entry_id
    and greatest(groups.from_day, numbers.from_day) <= coalesce(least(groups.to_day, numbers.to_day), 'infinity');

-- The name of each phone on each day, from rows as of listed_agents or listed_numbers; none while several names are listed for it. A
-- phone that nobody is listed for any more keeps its name on the day of the sync that found that. One that nobody was listed for has
-- its name from the day of the sync before: that is when an agent can have begun.
create or replace macro undisputed_names(p_rows) as table
with
held as materialized (from query_table(p_rows) where phone is not null and name is not null),
pieces as (
    select source, phone, day as from_day, lead(day) over (partition by source, phone order by day) - 1 as to_day
    from (select source, phone, from_day as day from held union select source, phone, to_day + 1 from held where to_day is not null)
),
-- A piece with several names is there, without one.
named as (
    select
        source, phone, pieces.from_day, pieces.to_day, count(distinct lower(name)) > 1 as is_disputed,
        arg_max(number, (held.from_day, number)) as number,
        arg_max(name, (held.from_day, name)) as name,
        max(since_day) as since_day
    from pieces join held using (source, phone)
    where held.from_day <= pieces.from_day and (held.to_day is null or held.to_day >= pieces.from_day)
    group by source, phone, pieces.from_day, pieces.to_day
),
changed as (
    select
        *,
        lag(to_day) over by_day is distinct from from_day - 1 or lag(is_disputed) over by_day or is_disputed
            or lag(lower(name)) over by_day <> lower(name) as is_new
    from named
    window by_day as (partition by source, phone order by from_day)
),
spans as (
    select
        source, phone, is_disputed,
        arg_max(number, (from_day, number)) as number,
        arg_max(name, (from_day, name)) as name,
        arg_min_null(since_day, (from_day, since_day)) as since_day,
        min(from_day) as from_day,
        arg_max_null(to_day, (from_day, to_day)) as to_day
    from (select *, count(*) filter (where is_new) over (partition by source, phone order by from_day) as span from changed)
    group by source, phone, span, is_disputed
),
neighbours as (
    select
        *,
        lag(to_day) over by_day as earlier_to,
        lead(from_day) over by_day as later_from
    from spans
    window by_day as (partition by source, phone order by from_day)
)
select
    source, number, name,
    nullif(least(from_day, greatest(since_day, earlier_to + 2)), '-infinity') as valid_from,
    case when to_day is not null then least(to_day + 1, later_from - 1) end as valid_to
from neighbours
where not is_disputed;
