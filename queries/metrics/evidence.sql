-- The least and the greatest call_sid of some rows. Most begin with the time of the call, so the calls and live events of these rows are in few row
-- groups. Of no rows it is a space, which is no call_sid: DuckDB would read all rows to compare them with NULL or ''.
create or replace macro call_sids_of(p_rows) as table
select coalesce(min(call_sid), ' ') as least, coalesce(max(call_sid), ' ') as greatest from query_table(p_rows);

-- Whether a time is on a later day than another one. Both are in the same quarter of an hour, as a rule, and no zone begins a day within one; finding the
-- days takes much longer.
create or replace macro is_on_later_day(p_time, p_than) as
    case when time_bucket(interval 15 minute, p_time) = time_bucket(interval 15 minute, p_than) then false
         else timezone((select timezone from settings), p_time)::date > timezone((select timezone from settings), p_than)::date end;

-- How the deliveries of a set of calls became calls, and which of these are doubtful: one row. A report of a call's second phone is among
-- further_versions.
create or replace macro report_counts(p_rows) as table
select
    coalesce(sum(deliveries), 0)::bigint as reports_received,
    coalesce(sum(deliveries - versions), 0)::bigint as duplicates_removed,
    coalesce(sum(versions - 1), 0)::bigint as further_versions,
    count(*) as calls,
    count(*) filter (where imported) as imported_calls,
    count(*) filter (where list_contains(flags, 'unknown_status')) as unknown_statuses,
    count(*) filter (where len(flags) > 0) as flagged_calls,
    count(*) filter (where customer_number is not null and customer_key is null) as masked_calls,
    count(*) filter (where call_group is null) as ungrouped_calls
from query_table(p_rows);

-- The direction of a call as a number, which takes less time to compare than a text, and that of a delivery by its word. NULL if that is not
-- the vendor's: the delivery belongs to the call of its id, of whatever direction.
create or replace macro direction_number(p_direction) as (case p_direction when 'incoming' then 1 when 'outgoing' then 2 else 0 end)::tinyint;
create or replace macro named_direction_number(p_sent_direction) as (case p_sent_direction when 'IVR' then 1 when 'WEBOBD' then 2 end)::tinyint;

-- What belongs to no call, by the days from p_from to p_to: the calls of live events whose report is missing six hours later, of the source, and
-- rejected lines, whose source is not known. One row.
create or replace macro counts_without_call(p_from, p_to, p_source) as table
with
-- The calls of live events that came on these days or near them, and have no report.
near as materialized (
    select distinct call_key, call_sid, named_direction_number(sent_direction) as direction
    from live_events
    where not imported and first_received_at between p_from::date - interval 2 day and p_to::date + interval 2 day
      and (p_source is null or source = p_source)
),
near_sids as materialized (from call_sids_of(near)),
near_calls as (
    select direction_number(direction) as direction, call_key
    from calls
    where call_sid >= (select least from near_sids) and call_sid <= (select greatest from near_sids)
),
without_report as materialized (
    from (from near where direction is not null) anti join near_calls using (direction, call_key)
    union all by name
    from (from near where direction is null) anti join near_calls using (call_key)
),
sought_sids as materialized (from call_sids_of(without_report)),
unreported as (
    select min(first_received_at) as first_received_at
    from (select *, named_direction_number(sent_direction) as named_direction from live_events) as live
    join without_report as sought on sought.call_key = live.call_key and sought.direction is not distinct from named_direction
    where not imported and live.call_sid >= (select least from sought_sids) and live.call_sid <= (select greatest from sought_sids)
    group by live.call_key, named_direction
)
select
    (select count(*) from unreported
     where timezone((select timezone from settings), first_received_at)::date between p_from::date and p_to::date
       and first_received_at < complete_through() - interval 6 hour) as live_without_report,
    (select count(*) from rejects
     where timezone((select timezone from settings), reject_received_at(file, text, rejected_at))::date
         between p_from::date and p_to::date) as rejected_lines;

-- Data quality of a set of calls. reports_received = calls + duplicates_removed + versions_superseded + further_legs, over any calls: a
-- report of a call's second phone is neither a duplicate nor superseded.
create or replace macro evidence_of(p_rows, p_from, p_to, p_source) as table
with
slice as (from query_table(p_rows)),
slice_sids as materialized (from call_sids_of(slice)),
with_live as (
    select call_key, named_direction_number(sent_direction) as direction
    from live_events
    where not imported and call_key in (select call_key from slice)
      and call_sid >= (select least from slice_sids) and call_sid <= (select greatest from slice_sids)
),
near_legs as (from shared_legs_near(p_rows)),
-- Most calls have one report, and few have one from a later day: only of these the versions are read.
late_calls as materialized (
    select direction_number(direction) as direction, call_key, call_sid, coalesce(ended_at, started_at) as ended_at
    from slice
    where versions > 1 and is_on_later_day(last_received_at, coalesce(ended_at, started_at))
),
late_sids as materialized (from call_sids_of(late_calls)),
late as (
    select (select count(*) from slice
            where versions = 1 and not imported and is_on_later_day(first_received_at, coalesce(ended_at, started_at))) + count(*) as late_reports
    from call_versions as versions join late_calls as late
        on late.call_key = versions.call_key and coalesce(named_direction_number(versions.sent_direction) = late.direction, true)
    where not imported and is_on_later_day(first_received_at, late.ended_at)
      and versions.call_sid >= (select least from late_sids) and versions.call_sid <= (select greatest from late_sids)
),
legs as (
    select count(*) as further_legs
    from slice join near_legs using (direction, call_key)
    where is_reported and not is_first
),
reports as (from report_counts(slice)),
-- These apart from the other subqueries, since DuckDB tries every order of those that are joined: 31 ms for all, 7 ms in parts.
without_call as materialized (from counts_without_call(p_from, p_to, p_source)),
received as materialized (
    select complete_through() as complete_through, last_delivery_at() as last_delivery_at, files_with_problems() as files_with_problems
)
select
    complete_through,
    last_delivery_at,
    reports_received,
    duplicates_removed,
    further_versions - further_legs as versions_superseded,
    further_legs,
    calls,
    late_reports,
    imported_calls,
    live_without_report,
    (select count(*)
     from (select direction_number(direction) as direction, call_key from slice) as slice
     anti join with_live using (direction, call_key)
     anti join (from with_live where direction is null) as unnamed using (call_key)) as reports_without_live,
    rejected_lines,
    files_with_problems,
    unknown_statuses,
    (select count(distinct key) from (select unnest(json_keys(extra)) as key from slice where extra is not null)
     where not is_known_key(key)) as unknown_keys,
    flagged_calls,
    masked_calls,
    ungrouped_calls
from reports, legs, late, without_call, received;

-- Calls and lines of which not all is certain, if there are any: one row or none.
create or replace macro doubtful_calls(p_rows, p_from, p_to, p_source) as table
select
    1 as rank, 'data_quality' as kind, 'calls' as unit,
    (rejected_lines + live_without_report + unknown_statuses + flagged_calls + ungrouped_calls)::double as concern,
    rejected_lines, live_without_report, unknown_statuses, flagged_calls, ungrouped_calls
from report_counts(p_rows), counts_without_call(p_from, p_to, p_source)
where concern > 0;
