-- New spool lines, each field as the text that was sent, each line with its kind or a reason to reject it. spool_lines() is
-- the loader's: it takes the JSON apart, since DuckDB would read CallSid 1672649960.9604120 as a double, and packs the
-- values of a line into one text, in which ], ^ and _ behind chr(29) stand for chr(29), chr(30) and chr(31). A value that is chr(30) and
-- nothing else says nothing, like one that was not sent.
create or replace temp macro unmarked(p_value) as
    replace(replace(replace(p_value, chr(29) || '_', chr(31)), chr(29) || '^', chr(30)), chr(29) || ']', chr(29));
create or replace temp macro sent(p_value) as nullif(p_value, chr(30));

create or replace temp table staged as
with taken_apart as (
    select
        call_key, content_hash,
        case when contains(packed, chr(29)) then list_transform(string_split(packed, chr(31)), lambda part: unmarked(part))
             else string_split(packed, chr(31)) end as f
    from spool_lines()
),
lines as (
    select
        sent(f[1]) as file, sent(f[2])::bigint as line, sent(f[3])::bigint as byte_offset, call_key, content_hash,
        sent(f[4]) as reason, sent(f[5]) as text, sent(f[6]) as kind,
        sent(f[7]) as source, try_cast(sent(f[8]) as timestamptz) as received_at, sent(f[9]) as id, sent(f[10]) as extra, sent(f[11]) as payload,
        call_direction(sent(f[12])) as direction, trim(sent(f[13])) as call_sid,
        sent(f[14]) as source_number, sent(f[15]) as destination_number, sent(f[16]) as dial_whom_number,
        sent(f[17]) as call_duration, sent(f[18]) as coins, sent(f[19]) as status, sent(f[20]) as start_time,
        sent(f[21]) as end_time, sent(f[22]) as call_recording_url, sent(f[23]) as campid, sent(f[24]) as talk_duration,
        sent(f[25]) as call_group, sent(f[26]) as receiver_name, sent(f[27]) as error_code, sent(f[28]) as leg_a_picked_time,
        sent(f[29]) as leg_b_start_time, sent(f[30]) as leg_b_picked_time, sent(f[31]) as callstatus, sent(f[32]) as event
    from taken_apart
)
select
    lines.* replace (
        coalesce(
            plausible_receipt(received_at, $loaded_at::timestamptz),
            plausible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), clean_time(end_time)), $loaded_at::timestamptz),
            plausible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), clean_time(start_time)), $loaded_at::timestamptz),
            plausible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), try_cast(left(file, 10) as date)::timestamp),
                $loaded_at::timestamptz),
            $loaded_at::timestamptz) as received_at)
from lines left join sources as zones using (source);
