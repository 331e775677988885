-- Whether lines that are stored would be read differently with the sources that are configured now; `sources` still has those before. A line without
-- an id has its time of receipt from its own times, which depend on the source's time zone and order of dates, and of several values of a
-- field, nothing_values decides which one counts. Other lines are stored as they came.
with wanted as (
    select unnest(from_json($sources::json, '[{"source": "VARCHAR", "timezone": "VARCHAR", "date_order": "VARCHAR", "nothing_values": ["VARCHAR"]}]'),
        recursive := true)
),
changed as (
    select
        source,
        coalesce(before.timezone, 'Asia/Kolkata') <> coalesce(now.timezone, 'Asia/Kolkata')
            or coalesce(before.date_order, 'dmy') <> coalesce(now.date_order, 'dmy') as has_other_times,
        before.nothing_values is distinct from now.nothing_values as has_other_nothing
    from sources as before full join wanted as now using (source)
),
loaded as (
    select source, last_id, field_problems from call_versions
    union all
    select source, last_id, field_problems from live_events
)
select exists (
    from loaded join changed using (source)
    where has_other_times and last_id is null or has_other_nothing and contains(field_problems, 'conflicting '));
