-- New spool lines, each field as the text that was sent, each line with its kind or a reason to reject it. spool_lines() is
-- the loader's: it splits the JSON, since DuckDB would read CallSid 1672649960.9604120 as a double.
create or replace temp table staged as
with lines as (
    select * replace (coalesce(nullif(source, ''), $default_source) as source,
                      call_direction(direction) as direction, trim(call_sid) as call_sid)
    from spool_lines()
)
select
    lines.* replace (
        coalesce(
            try_cast(received_at as timestamptz),
            timezone(coalesce(zones.timezone, 'Asia/Kolkata'), coalesce(clean_time(end_time), clean_time(start_time))),
            timezone(coalesce(zones.timezone, 'Asia/Kolkata'), try_cast(left(file, 10) as date)::timestamp),
            $loaded_at::timestamptz) as received_at),
    call_key(source, direction, call_sid) as call_key
from lines left join sources as zones using (source);
