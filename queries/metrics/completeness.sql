-- Whether the calls of a period have been compared with the vendors' own lists, a row for each source with vendor_api and each of its days that
-- overlaps the period. Days that begin after p_now are left out. verdict is complete, incomplete, or unchecked: without a list that was fetched
-- after the end of the day, nothing is known.
create or replace macro completeness_days_of(p_from, p_to, p_source, p_now) as table
with
spans as (
    select
        source, zone,
        timezone(zone, timezone((select timezone from settings), p_from::date::timestamp))::date as first_day,
        timezone(zone, timezone((select timezone from settings), (p_to::date + 1)::timestamp) - interval 1 microsecond)::date as last_day
    from (select source, coalesce(timezone, 'Asia/Kolkata') as zone from sources where vendor_api is not null)
    where p_source is null or source = p_source
),
needed as (
    select source, day, timezone(zone, (day + 1)::timestamp) as ends_at
    from (
        select source, zone, unnest(generate_series(first_day::timestamp, last_day::timestamp, interval 1 day))::date as day
        from spans
    )
    where p_now is null or timezone(zone, day::timestamp) <= p_now::timestamptz
)
select
    source, day, ends_at,
    case when is_complete then 'complete' when is_final then 'incomplete' else 'unchecked' end as verdict,
    reconciled.* exclude (source, day, is_final, is_complete)
from needed
left join reconciled_days(p_from::date - 2, p_to::date + 2, p_source) as reconciled using (source, day);

-- The same in one row. Sums are of the days that were checked, and fetched_at is the time of their newest list. A day is in a list of days if
-- it is so for any source. Without a checked day, sums are NULL. pending days are over by p_now, and not complete. verdict is NULL if no source has vendor_api, and complete only if every day is.
create or replace macro completeness_of(p_from, p_to, p_source, p_now) as table
with
days as (from completeness_days_of(p_from, p_to, p_source, p_now))
select
    case when count(*) = 0 then null
         when count(*) = count(*) filter (where verdict = 'complete') then 'complete'
         when count(*) = count(*) filter (where verdict = 'unchecked') then 'unchecked'
         when count(*) filter (where verdict = 'incomplete') > 0 then 'incomplete'
         else 'partly_checked' end as verdict,
    max(fetched_at) filter (where verdict <> 'unchecked') as fetched_at,
    count(*) as source_days,
    count(*) filter (where verdict = 'complete') as complete,
    count(*) filter (where verdict = 'incomplete') as incomplete,
    count(*) filter (where verdict = 'unchecked') as unchecked,
    count(*) filter (where verdict <> 'complete' and (p_now is null or ends_at <= p_now::timestamptz)) as pending,
    sum(vendor_calls) filter (where verdict <> 'unchecked')::bigint as vendor_calls,
    sum(our_calls) filter (where verdict <> 'unchecked')::bigint as our_calls,
    sum(missing) filter (where verdict <> 'unchecked')::bigint as missing,
    sum(recovered) filter (where verdict <> 'unchecked')::bigint as recovered,
    sum(unknown_to_vendor) filter (where verdict <> 'unchecked')::bigint as unknown_to_vendor,
    sum(differing) filter (where verdict <> 'unchecked')::bigint as differing,
    sum(unreadable) filter (where verdict <> 'unchecked')::bigint as unreadable,
    coalesce(list(distinct day order by day) filter (where verdict <> 'unchecked' and missing > 0), []) as missing_days,
    coalesce(list(distinct day order by day) filter (where verdict <> 'unchecked' and unknown_to_vendor > 0), []) as unknown_days,
    coalesce(list(distinct day order by day) filter (where verdict <> 'unchecked' and differing > 0), []) as differing_days,
    coalesce(list(distinct day order by day) filter (where verdict <> 'unchecked' and unreadable > 0), []) as unreadable_days,
    coalesce(list(distinct day order by day) filter (where verdict = 'unchecked'), []) as unchecked_days
from days;
