-- The lines of the vendor's lists of some days of a source that say something newer of a call than what is known.
with
wanted as (select source, day, fetched_at, direction, call_key, is_known from differing_calls($from, $to, $source) where is_newer)
select day, fetched_at, line, is_known, line = lines[1] as is_first
from (
    select wanted.day, wanted.fetched_at, is_known, lines, unnest(lines) as line
    from wanted join vendor_calls using (source, day, direction, call_key)
)
order by day, line;
