-- The last call_sid of each portion of all calls, in order. The reports and live events are sampled at regular distances, so each portion has about as
-- many.
select call_sid
from (
    select call_sid, row_number() over (order by call_sid) as place
    from (
        select call_sid from call_versions where rowid % getvariable('sample_distance') = 0
        union all
        select call_sid from live_events where rowid % getvariable('sample_distance') = 0
    )
)
where place % getvariable('samples_per_portion') = 0
union
select coalesce(max(call_sid), '')
from (select max(call_sid) as call_sid from call_versions union all select max(call_sid) from live_events)
order by call_sid;
