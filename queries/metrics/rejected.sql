-- When a rejected line was received, as it says itself, else as its file does; else when it was read.
create or replace macro reject_received_at(p_file, p_text, p_rejected_at) as coalesce(
    try_cast(regexp_extract(p_text, '"received_at":"([^"]*)"', 1) as timestamptz),
    timezone((select timezone from settings), try_cast(left(p_file, 10) as date)::timestamp),
    p_rejected_at);

-- How many lines were read and rejected by loads that began after a given time, in one row.
create or replace macro rejected_since(p_since) as table
select coalesce(sum(lines), 0)::bigint as lines, coalesce(sum(rejects), 0)::bigint as rejects
from loads
where started_at > p_since::timestamptz;
