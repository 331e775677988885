-- The calls that a report or live event received after a given time changed, and when the last change was received. What the collector
-- received again changes nothing; an export that repeats a report can make it the newest.
create or replace macro changed_since(p_since) as table
select call_key, max(received_at) as restated_at
from (
    select call_key, first_received_at as received_at from call_versions
    union all
    select call_key, first_received_at from live_events
    union all
    select call_key, received_at from repeated_deliveries where imported
    union all
    -- What the collector received first after an export that has it; without one, it is what was received first.
    select call_key, min(received_at)
    from repeated_deliveries
    join (select distinct kind, direction, call_key, content_hash from repeated_deliveries where imported) using (kind, direction, call_key, content_hash)
    where not imported
    group by kind, direction, call_key, content_hash
)
where received_at > p_since
group by call_key;

-- The calls that are in a period now, or may have been at a given time: a report is received after the start of the call, unless a clock is
-- wrong by days. A call has a row for each of its reports and live events.
create or replace macro calls_then_or_now(p_from, p_to, p_since) as table
select call_key, call_sid from calls where local_day between p_from::date and p_to::date
union all
select call_key, call_sid from call_versions where first_received_at between p_from::date - interval 7 day and p_since
union all
select call_key, call_sid from live_events where first_received_at between p_from::date - interval 7 day and p_since;

-- Those of them that changed after that time, and when the last change was received.
create or replace macro changed_calls(p_from, p_to, p_since) as table
select call_key, restated_at
from changed_since(p_since) semi join calls_then_or_now(p_from, p_to, p_since) using (call_key);

-- The direction that each call had at an earlier time, if it was known: the direction of a call can become known later.
create or replace macro directions_then(p_calls, p_calls_then) as table
select new.source, new.call_sid, new.direction, old.direction as old_direction
from query_table(p_calls) as new
join query_table(p_calls_then) as old
    on old.source = new.source and old.call_sid = new.call_sid and may_be_same_direction(old.direction, new.direction)
qualify row_number() over (
    partition by new.source, new.call_sid, new.direction order by old.direction <> new.direction, old.direction) = 1;
