-- How many calls were loaded under an id that their source has used for nothing since: nothing_values was set later.
select count(distinct call_key) as calls
from (select call_key, source, call_sid from calls union all select call_key, source, call_sid from live_events) as loaded
semi join (select source, upper(trimmed(unnest(nothing_values))) as nothing from sources) as words
    on words.source = loaded.source and words.nothing = upper(loaded.call_sid);
