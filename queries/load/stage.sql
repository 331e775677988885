-- New spool lines, each field as the text that was sent, each line with its kind or a reason to reject it. spool_lines() is
-- the loader's: it takes the JSON apart, since DuckDB would read CallSid 1672649960.9604120 as a double, and packs the
-- values of a line into one text.
create or replace temp macro sent(p_value) as nullif(p_value, chr(30));

create or replace temp table staged as
with taken_apart as (
    select call_key, content_hash, string_split(packed, chr(31)) as f from spool_lines()
),
lines as (
    select
        sent(f[1]) as file, sent(f[2])::bigint as line, sent(f[3])::bigint as byte_offset, call_key, content_hash,
        sent(f[4]) as reason, sent(f[5]) as text, f[6] as kind,
        f[7] as source, sent(f[8]) as received_at, sent(f[9]) as extra, sent(f[10]) as payload,
        call_direction(sent(f[11])) as direction, trim(sent(f[12])) as call_sid,
        sent(f[13]) as source_number, sent(f[14]) as destination_number, sent(f[15]) as dial_whom_number,
        sent(f[16]) as call_duration, sent(f[17]) as coins, sent(f[18]) as status, sent(f[19]) as start_time,
        sent(f[20]) as end_time, sent(f[21]) as call_recording_url, sent(f[22]) as campid, sent(f[23]) as talk_duration,
        sent(f[24]) as call_group, sent(f[25]) as receiver_name, sent(f[26]) as error_code, sent(f[27]) as leg_a_picked_time,
        sent(f[28]) as leg_b_start_time, sent(f[29]) as leg_b_picked_time, sent(f[30]) as callstatus, sent(f[31]) as event
    from taken_apart
)
select
    lines.* replace (
        coalesce(
            try_cast(received_at as timestamptz),
            timezone(coalesce(zones.timezone, 'Asia/Kolkata'), coalesce(clean_time(end_time), clean_time(start_time))),
            timezone(coalesce(zones.timezone, 'Asia/Kolkata'), try_cast(left(file, 10) as date)::timestamp),
            $loaded_at::timestamptz) as received_at)
from lines left join sources as zones using (source);
