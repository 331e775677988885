-- The new lines of the spool, each field as the text that was sent, each line with its kind or a reason to reject it.
-- spool_lines() is a function of the loader: it parses the JSON, since DuckDB would read CallSid 1672649960.9604120 as a double, and
-- packs the values of a line into one text. chr(31) ends a value, and chr(30) alone is NULL. In a value, chr(29) and one of ], ^ and _
-- stand for chr(29), chr(30) and chr(31). The variable line_fields has the names of the values, in their order, and loaded_at is when the load
-- began.
create or replace temp macro unescaped(p_value) as
    replace(replace(replace(p_value, chr(29) || '_', chr(31)), chr(29) || '^', chr(30)), chr(29) || ']', chr(29));
create or replace temp macro field(p_values, p_name) as
    nullif(p_values[list_position(getvariable('line_fields'), p_name)], chr(30));

create or replace temp table staged as
with unpacked as (
    select
        call_key, content_hash,
        case when contains(packed, chr(29)) then list_transform(string_split(packed, chr(31)), lambda value: unescaped(value))
             else string_split(packed, chr(31)) end as v
    from spool_lines()
),
lines as (
    select
        field(v, 'file') as file,
        field(v, 'line')::bigint as line,
        field(v, 'byte_offset')::bigint as byte_offset,
        make_timestamptz(field(v, 'file_time')::bigint) as file_time,
        call_key,
        content_hash,
        field(v, 'reason') as reason,
        field(v, 'text') as text,
        field(v, 'kind') as kind,
        field(v, 'source') as source,
        try_cast(field(v, 'received_at') as timestamptz) as received_at,
        try_cast(field(v, 'reported_at') as timestamptz) as reported_at,
        field(v, 'id') as id,
        field(v, 'from_list') is not null as from_list,
        field(v, 'extra') as extra,
        field(v, 'payload') as payload,
        field(v, 'field_problems') as field_problems,
        field(v, 'Direction') as sent_direction,
        call_direction(sent_direction) as direction,
        field(v, 'CallSid') as call_sid,
        field(v, 'SourceNumber') as source_number,
        field(v, 'DestinationNumber') as destination_number,
        field(v, 'DialWhomNumber') as dial_whom_number,
        field(v, 'CallDuration') as call_duration,
        field(v, 'coins') as coins,
        field(v, 'Status') as status,
        field(v, 'StartTime') as start_time,
        field(v, 'EndTime') as end_time,
        field(v, 'CallRecordingUrl') as call_recording_url,
        field(v, 'campid') as campid,
        field(v, 'TalkDuration') as talk_duration,
        field(v, 'call_group') as call_group,
        field(v, 'receiver_name') as receiver_name,
        field(v, 'error_code') as error_code,
        field(v, 'LegA_Picked_time') as leg_a_picked_time,
        field(v, 'LegB_Start_time') as leg_b_start_time,
        field(v, 'LegB_Picked_time') as leg_b_picked_time,
        field(v, 'callstatus') as callstatus,
        field(v, 'type') as event,
        field(v, 'circle') as circle,
        field(v, 'key_press') as key_press,
        field(v, 'key_pressed') as key_pressed
    from unpacked
)
-- A line that says no time of its own gets one that is the same in each load: the second of its CallSid, but none after the file was written.
select received_lines.* exclude (file_time) replace (
    coalesce(plausible_receipt(reported_at, getvariable('loaded_at')), received_at) as reported_at)
from (
    select lines.* replace (
        coalesce(
            plausible_receipt(received_at, getvariable('loaded_at')),
            list_filter(list_transform([end_time, start_time], lambda text: plausible_receipt(
                read_time(text, coalesce(zones.date_order, 'dmy'), coalesce(zones.timezone, 'Asia/Kolkata')), getvariable('loaded_at'))),
                lambda found: found is not null)[1],
            plausible_receipt(timezone(coalesce(zones.timezone, 'Asia/Kolkata'), try_cast(left(file, 10) as date)::timestamp),
                getvariable('loaded_at')),
            plausible_receipt(least(near_start(call_sid, file_time), file_time, getvariable('loaded_at')), getvariable('loaded_at')),
            getvariable('loaded_at')) as received_at),
        reported_at is not null as imported,
        getvariable('loaded_at') as rejected_at
    from lines left join sources as zones using (source)
) as received_lines;
