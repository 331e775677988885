-- How many calls of an import the database has already, and in what they differ, where both say something.
select
    count(*) as calls,
    count(*) filter (where imported.started_at <> known.started_at) as started_at,
    count(*) filter (where imported.outcome <> known.outcome and imported.outcome <> 'unknown') as outcome,
    count(*) filter (where imported.call_seconds <> known.call_seconds) as call_seconds,
    count(*) filter (where imported.talk_seconds <> known.talk_seconds and imported.outcome <> 'unknown') as talk_seconds,
    count(*) filter (where imported.coins <> known.coins) as coins,
    count(*) filter (where imported.agent <> known.agent) as agent,
    count(*) filter (where imported.call_group <> known.call_group) as call_group
from calls as imported join known.calls as known
    on known.source = imported.source and known.call_sid = imported.call_sid
    and (known.direction = imported.direction or 'unknown' in (known.direction, imported.direction));
