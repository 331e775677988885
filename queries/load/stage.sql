-- New spool lines, each field as the text that was sent, each line with its kind or a reason to reject it. spool_lines() is
-- the loader's: it takes the JSON apart, since DuckDB would read CallSid 1672649960.9604120 as a double, and packs the
-- values of a line into one text, in which ], ^ and _ behind chr(29) stand for chr(29), chr(30) and chr(31).
create or replace temp macro unmarked(p_value) as
    replace(replace(replace(p_value, chr(29) || '_', chr(31)), chr(29) || '^', chr(30)), chr(29) || ']', chr(29));
create or replace temp macro sent(p_value, p_marked) as
    case when p_marked then unmarked(nullif(p_value, chr(30))) else nullif(p_value, chr(30)) end;

create or replace temp table staged as
with taken_apart as (
    select call_key, content_hash, string_split(packed, chr(31)) as f, contains(packed, chr(29)) as marked from spool_lines()
),
lines as (
    select
        sent(f[1], marked) as file, sent(f[2], marked)::bigint as line, sent(f[3], marked)::bigint as byte_offset, call_key, content_hash,
        sent(f[4], marked) as reason, sent(f[5], marked) as text, sent(f[6], marked) as kind,
        sent(f[7], marked) as source, try_cast(sent(f[8], marked) as timestamptz) as received_at, sent(f[9], marked) as id, sent(f[10], marked) as extra, sent(f[11], marked) as payload,
        call_direction(sent(f[12], marked)) as direction, trim(sent(f[13], marked)) as call_sid,
        sent(f[14], marked) as source_number, sent(f[15], marked) as destination_number, sent(f[16], marked) as dial_whom_number,
        sent(f[17], marked) as call_duration, sent(f[18], marked) as coins, sent(f[19], marked) as status, sent(f[20], marked) as start_time,
        sent(f[21], marked) as end_time, sent(f[22], marked) as call_recording_url, sent(f[23], marked) as campid, sent(f[24], marked) as talk_duration,
        sent(f[25], marked) as call_group, sent(f[26], marked) as receiver_name, sent(f[27], marked) as error_code, sent(f[28], marked) as leg_a_picked_time,
        sent(f[29], marked) as leg_b_start_time, sent(f[30], marked) as leg_b_picked_time, sent(f[31], marked) as callstatus, sent(f[32], marked) as event
    from taken_apart
)
select
    lines.* replace (
        coalesce(
            possible_receipt(received_at, $loaded_at::timestamptz),
            possible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), clean_time(end_time)), $loaded_at::timestamptz),
            possible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), clean_time(start_time)), $loaded_at::timestamptz),
            possible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), try_cast(left(file, 10) as date)::timestamp),
                $loaded_at::timestamptz),
            $loaded_at::timestamptz) as received_at)
from lines left join sources as zones using (source);
