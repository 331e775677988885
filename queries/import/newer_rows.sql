-- The lines of the vendor's lists of some days of a source that say something newer than what is known: those of missing calls, and those
-- of calls that differ where the list was fetched after our newest report. If that report is the newest row already, taking it in again would
-- change nothing.
with
wanted as (
    select source, day, fetched_at, direction, call_key, is_known
    from reconciled_calls($from, $to, $source) as calls
    where is_listed and differences not in ([], ['unreadable'])
      and (not is_known
           or fetched_at > our_reported_at
              and not exists (
                  from call_versions as versions
                  where versions.call_key = calls.call_key and versions.content_hash = calls.content_hash
                    and versions.reported_at = calls.our_reported_at))
)
select day, fetched_at, line, is_known, line = lines[1] as is_first
from (
    select wanted.day, wanted.fetched_at, is_known, lines, unnest(lines) as line
    from wanted join vendor_calls using (source, day, direction, call_key)
)
order by day, line;
