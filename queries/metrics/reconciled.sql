-- The lists of some days, of all sources or one, with the bounds of the day in the zone of the source. A call that ended after settled_at, or
-- still went on, may be missing on either side, so it is not compared. The ten minutes are settleTime in internal/pipeline/reconcile_loop.go.
create or replace macro reconciled_lists(p_from, p_to, p_source) as table
select
    lists.source, day, fetched_at, rows, unreadable, fetched_at - interval 10 minutes as settled_at,
    timezone(coalesce(timezone, 'Asia/Kolkata'), day::timestamp) as begins_at,
    timezone(coalesce(timezone, 'Asia/Kolkata'), (day + 1)::timestamp) as ends_at
from vendor_lists as lists left join sources using (source)
where day >= coalesce(p_from::date, '-infinity') and day <= coalesce(p_to::date, 'infinity')
  and (p_source is null or lists.source = p_source);

-- Our calls that started on the days of some lists, each with the day, fetched_at and settled_at of its list.
create or replace macro our_calls_of(p_lists) as table
select calls.*, lists.day, lists.fetched_at, lists.settled_at
from (
    from calls
    -- Bounds also without lists: DuckDB reads everything to compare it with NULL.
    where started_at >= (select coalesce(min(begins_at), 'infinity') from query_table(p_lists))
      and started_at < (select coalesce(max(ends_at), '-infinity') from query_table(p_lists))
) as calls
asof join query_table(p_lists) as lists on calls.source = lists.source and calls.started_at >= lists.begins_at
where started_at < ends_at;

-- Whether two directions can be of one call.
create or replace macro may_be_same_direction(p_direction, p_other) as
    p_direction = p_other or 'unknown' in (p_direction, p_other);

-- Coins as a text without zeros at the end.
create or replace macro coins_text(p_coins) as rtrim(rtrim(p_coins::decimal(18, 4)::varchar, '0'), '.');

-- The calls of these lists, each beside ours if it is known, and our calls of their days that no list has. A call belongs to the day in whose
-- list it is, else to that of its start. differences names what differs: missing, unknown to the vendor, or the fields in which the list says
-- something else than we have, or unreadable: the list has a duration or coins that cannot be read. What the list does not say is
-- not compared. An agent is a phone; names count where one is not known.
create or replace macro reconciled_calls(p_from, p_to, p_source) as table
with
lists as materialized (from reconciled_lists(p_from, p_to, p_source)),
listed as materialized (
    select vendor_calls.*
    from vendor_calls join lists using (source, day)
    where coalesce(ended_at, started_at) <= settled_at
),
-- Ours start within two days of the list, and DuckDB reads only these parts of calls. Those that do not, such as calls without a time, are
-- looked for in all of them.
days as (select unnest(generate_series(min(day) - 2, max(day) + 2, interval 1 day))::date as local_day from lists),
others as materialized (select call_key from listed anti join (from calls semi join days using (local_day)) using (call_key)),
candidates as (
    from calls semi join days using (local_day)
    union all
    from calls semi join others using (call_key)
),
-- Apart from the outer join below, in which DuckDB compares each row with each by more than equal keys.
known as materialized (
    select
        listed.source, listed.day, listed.direction, listed.call_key, true as is_known, ours.outcome as our_outcome,
        ours.talk_seconds as our_talk_seconds, ours.coins as our_coins, ours.call_group as our_group, ours.agent_key as our_agent_key,
        ours.agent_number as our_agent_number, ours.agent_name as our_agent_name, ours.reported_at as our_reported_at, ours.from_list, ours.flags as our_flags
    from listed join candidates as ours on ours.call_key = listed.call_key
    where may_be_same_direction(ours.direction, listed.direction)
),
of_days as materialized (select * exclude (settled_at) from our_calls_of(lists) where coalesce(ended_at, started_at) <= settled_at),
in_some_list as materialized (
    select of_days.call_key, of_days.direction
    from of_days join vendor_calls as listed on listed.call_key = of_days.call_key
    where may_be_same_direction(listed.direction, of_days.direction)
),
pairs as (
    select
        listed.source, listed.day, listed.fetched_at, listed.direction, listed.call_sid, listed.call_key, listed.started_at,
        listed.customer_number, true as is_listed, coalesce(is_known, false) as is_known, listed.content_hash,
        listed.outcome as vendor_outcome, listed.talk_seconds as vendor_talk_seconds, listed.coins as vendor_coins, coalesce(listed.charged_coins, listed.coins) as charged_coins,
        case when listed.group_basis = 'reported' then listed.call_group end as vendor_group,
        listed.agent_key as vendor_agent_key, listed.agent_number as vendor_agent_number, listed.agent_name as vendor_agent_name,
        list_contains(listed.flags, 'unreadable_value') and not list_contains(our_flags, 'unreadable_value') as is_unreadable,
        our_outcome, our_talk_seconds, our_coins, our_group, our_agent_key, our_agent_number, our_agent_name, our_reported_at, from_list
    from listed left join known using (source, day, direction, call_key)
    union all by name
    select
        source, day, fetched_at, direction, call_sid, call_key, started_at, customer_number, false as is_listed, true as is_known,
        outcome as our_outcome, talk_seconds as our_talk_seconds, coins as our_coins, call_group as our_group, agent_key as our_agent_key,
        agent_number as our_agent_number, agent_name as our_agent_name, reported_at as our_reported_at, from_list
    from of_days anti join in_some_list using (call_key, direction)
)
select
    *,
    coalesce(vendor_agent_name, vendor_agent_number) as vendor_agent,
    case when not is_known then ['missing']
         when not is_listed then ['unknown to the vendor']
         else list_filter([
             case when vendor_outcome <> 'unknown' and vendor_outcome <> our_outcome then 'status' end,
             case when vendor_talk_seconds is distinct from our_talk_seconds and vendor_talk_seconds is not null then 'talk' end,
             case when vendor_group is distinct from our_group and vendor_group is not null then 'group' end,
             case when vendor_agent_key <> our_agent_key
                    or (vendor_agent_key is null or our_agent_key is null) and vendor_agent is not null
                       and lower(vendor_agent) is distinct from lower(coalesce(our_agent_name, our_agent_number)) then 'agent' end,
             case when vendor_coins is distinct from our_coins and vendor_coins is not null then 'coins' end,
             case when is_unreadable then 'unreadable' end
         ], lambda difference: difference is not null) end as differences
from pairs;

-- Those of them that differ. is_newer says that the list is newer than what is known of the call, so that reconcile --fix imports its row. If
-- our newest report is that row already, that would change nothing; nor does a row with nothing but a value that cannot be read.
create or replace macro differing_calls(p_from, p_to, p_source) as table
with
differing as materialized (from reconciled_calls(p_from, p_to, p_source) where differences <> []),
already_ours as (
    select source, day, direction, call_key, true as is_ours
    from differing as calls
    semi join call_versions as versions
        on versions.call_key = calls.call_key and versions.content_hash = calls.content_hash and versions.reported_at = calls.our_reported_at
)
select
    * exclude (is_ours),
    not is_known or is_listed and differences <> ['unreadable'] and fetched_at > our_reported_at and is_ours is null as is_newer
from differing left join already_ours using (source, day, direction, call_key);

-- A row per source and day of the lists: how our calls compare with them. our_calls = vendor_calls - missing + unknown_to_vendor.
create or replace macro reconciled_days(p_from, p_to, p_source) as table
with
lists as materialized (from reconciled_lists(p_from, p_to, p_source)),
totals as (
    select
        source, day,
        count(*) filter (where is_listed) as vendor_calls,
        count(*) filter (where is_known) as our_calls,
        count(*) filter (where not is_known) as missing,
        count(*) filter (where from_list) as recovered,
        count(*) filter (where not is_listed) as unknown_to_vendor,
        count(*) filter (where is_listed and is_known and differences <> []) as differing,
        sum(charged_coins) as vendor_coins,
        sum(our_coins) as our_coins
    from reconciled_calls(p_from, p_to, p_source)
    group by source, day
),
-- The days of which calls were not over when the list was fetched.
unsettled as materialized (
    select source, day from vendor_calls join lists using (source, day) where coalesce(ended_at, started_at) > settled_at
    union
    select source, day from our_calls_of(lists) where coalesce(ended_at, started_at) > settled_at
)
select
    lists.source, lists.day, fetched_at,
    coalesce(vendor_calls, 0)::bigint as vendor_calls,
    coalesce(our_calls, 0)::bigint as our_calls,
    coalesce(missing, 0)::bigint as missing,
    coalesce(recovered, 0)::bigint as recovered,
    coalesce(unknown_to_vendor, 0)::bigint as unknown_to_vendor,
    coalesce(differing, 0)::bigint as differing,
    case when coalesce(totals.vendor_calls, 0) = 0 then 0 else totals.vendor_coins end::double as vendor_coins,
    case when coalesce(totals.our_calls, 0) = 0 then 0 else totals.our_coins end::double as our_coins,
    unreadable,
    -- Vendors keep the calls of the last 15 to 90 days, and answer for earlier ones as if there had been none.
    settled_at >= ends_at and is_settled is null and (rows > 0 or fetched_at < ends_at + interval 15 day) as is_final,
    is_final and coalesce(missing + unknown_to_vendor + differing, 0) + unreadable = 0 as is_complete
from lists left join totals using (source, day) left join (select *, false as is_settled from unsettled) as unsettled using (source, day);

-- The same for all days that were ever fetched.
create or replace view reconciliations as from reconciled_days(null, null, null);
