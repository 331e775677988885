-- New spool lines, each field as the text that was sent, each line classified or given a reason to reject it.
-- spool_lines() is the loader's: file, line, byte_offset, text (JSON whose numbers are quoted, since DuckDB would
-- read CallSid 1672649960.9604120 as a double), raw (the line as it stands, where text differs), fault (why the
-- line is no JSON object of valid UTF-8) and bare_kind (of a line that is a payload without envelope).
create or replace temp table staged as
with
parsed as (
    select
        file, line, byte_offset, text, raw, fault, bare_kind,
        case when fault is null and bare_kind is null then try(json_transform(text, '{
            "received_at": "VARCHAR", "source": "VARCHAR", "kind": "VARCHAR", "payload": {
                "type": "VARCHAR", "SourceNumber": "VARCHAR", "DestinationNumber": "VARCHAR",
                "DialWhomNumber": "VARCHAR", "CallDuration": "VARCHAR", "coins": "VARCHAR", "Status": "VARCHAR",
                "StartTime": "VARCHAR", "EndTime": "VARCHAR", "CallSid": "VARCHAR", "CallRecordingUrl": "VARCHAR",
                "Direction": "VARCHAR", "campid": "VARCHAR", "TalkDuration": "VARCHAR", "call_group": "VARCHAR",
                "receiver_name": "VARCHAR", "error_code": "VARCHAR", "LegA_Picked_time": "VARCHAR",
                "LegB_Start_time": "VARCHAR", "LegB_Picked_time": "VARCHAR", "callstatus": "VARCHAR"}}'))
        end as envelope,
        case when fault is null and bare_kind is not null then try(json_transform(text, '{
                "type": "VARCHAR", "SourceNumber": "VARCHAR", "DestinationNumber": "VARCHAR",
                "DialWhomNumber": "VARCHAR", "CallDuration": "VARCHAR", "coins": "VARCHAR", "Status": "VARCHAR",
                "StartTime": "VARCHAR", "EndTime": "VARCHAR", "CallSid": "VARCHAR", "CallRecordingUrl": "VARCHAR",
                "Direction": "VARCHAR", "campid": "VARCHAR", "TalkDuration": "VARCHAR", "call_group": "VARCHAR",
                "receiver_name": "VARCHAR", "error_code": "VARCHAR", "LegA_Picked_time": "VARCHAR",
                "LegB_Start_time": "VARCHAR", "LegB_Picked_time": "VARCHAR", "callstatus": "VARCHAR"}'))
        end as bare
    from spool_lines()
),
payloads as (
    select
        file, line, byte_offset, text, raw, fault, envelope,
        coalesce(bare_kind, envelope.kind) as kind,
        coalesce(bare, envelope.payload) as p,
        coalesce(nullif(envelope.source, ''), $default_source) as source,
        case when fault is not null then null
             when bare_kind is not null then try(json_keys(text))
             else try(json_keys(text, '$.payload')) end as keys,
        case when bare_kind is null then '$.payload' else '$' end as path
    from parsed
),
judged as (
    select
        *,
        case
            when fault is not null then fault
            when p is null and envelope is null then 'not JSON'
            when kind = 'unreadable' then 'unreadable body'
            when p is null or keys is null then 'no payload'
            when kind is null or kind not in ('call_report', 'live_call', 'other') then 'unknown kind'
            when kind <> 'other' and coalesce(trim(p.CallSid), '') = '' then 'no CallSid'
        end as reason
    from payloads
)
select
    file, line, byte_offset, reason,
    case when reason is not null then coalesce(raw, text) end as text,
    kind,
    source,
    call_direction(p.Direction) as direction,
    trim(p.CallSid) as call_sid,
    coalesce(
        try_cast(envelope.received_at as timestamptz),
        timezone(coalesce(zones.timezone, 'Asia/Kolkata'), coalesce(clean_time(p.EndTime), clean_time(p.StartTime))),
        timezone(coalesce(zones.timezone, 'Asia/Kolkata'), try_cast(left(file, 10) as date)::timestamp),
        $loaded_at::timestamptz) as received_at,
    p.type as event,
    p.SourceNumber as source_number,
    p.DestinationNumber as destination_number,
    p.DialWhomNumber as dial_whom_number,
    p.CallDuration as call_duration,
    p.coins as coins,
    p.Status as status,
    p.StartTime as start_time,
    p.EndTime as end_time,
    p.CallRecordingUrl as call_recording_url,
    p.campid as campid,
    p.TalkDuration as talk_duration,
    p.call_group as call_group,
    p.receiver_name as receiver_name,
    p.error_code as error_code,
    p.LegA_Picked_time as leg_a_picked_time,
    p.LegB_Start_time as leg_b_start_time,
    p.LegB_Picked_time as leg_b_picked_time,
    p.callstatus as callstatus,
    case when reason is null and kind <> 'other' and len(list_filter(keys, lambda k: k not in (
            'SourceNumber', 'DestinationNumber', 'DialWhomNumber', 'CallDuration', 'coins', 'Status', 'StartTime',
            'EndTime', 'CallSid', 'CallRecordingUrl', 'Direction', 'campid', 'TalkDuration', 'call_group',
            'receiver_name', 'error_code', 'LegA_Picked_time', 'LegB_Start_time', 'LegB_Picked_time'))) > 0
        -- a merge patch takes out what it names as null, and leaves the keys that nobody documented
        then json_merge_patch(json_extract(text, path), '{"SourceNumber":null,"DestinationNumber":null,
            "DialWhomNumber":null,"CallDuration":null,"coins":null,"Status":null,"StartTime":null,"EndTime":null,
            "CallSid":null,"CallRecordingUrl":null,"Direction":null,"campid":null,"TalkDuration":null,
            "call_group":null,"receiver_name":null,"error_code":null,"LegA_Picked_time":null,
            "LegB_Start_time":null,"LegB_Picked_time":null}')
    end as extra,
    case when reason is null and kind = 'other' then json_extract(text, path) end as payload,
    md5_number_lower(concat_ws(chr(31),
        coalesce(p.SourceNumber, chr(30)), coalesce(p.DestinationNumber, chr(30)),
        coalesce(p.DialWhomNumber, chr(30)), coalesce(p.CallDuration, chr(30)), coalesce(p.coins, chr(30)),
        coalesce(p.Status, chr(30)), coalesce(p.StartTime, chr(30)), coalesce(p.EndTime, chr(30)),
        coalesce(p.CallRecordingUrl, chr(30)), coalesce(p.campid, chr(30)), coalesce(p.TalkDuration, chr(30)),
        coalesce(p.call_group, chr(30)), coalesce(p.receiver_name, chr(30)), coalesce(p.error_code, chr(30)),
        coalesce(p.LegA_Picked_time, chr(30)), coalesce(p.LegB_Start_time, chr(30)),
        coalesce(p.LegB_Picked_time, chr(30)), coalesce(extra::varchar, chr(30)))) as content_hash
from judged left join sources as zones using (source);
