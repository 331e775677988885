-- The staged lines of an import that cannot be read, with the reason and, if it is only one, the field that cannot be read: a line that no load takes, and a call whose start is not certain. A
-- time is never guessed, so a row without one is no call of the day of the import either.
with judged as (
    select
        line, reason, kind, start_time, call_sid, coalesce(contains(field_problems, 'unreadable StartTime'), false) as is_object,
        plausible_time(times[1].found, received_at) as read_start,
        times[2].found as read_end
    from (
        select
            staged.*,
            list_transform([start_time, end_time], lambda text: examined_time(text, coalesce(date_order, 'dmy'),
                coalesce(timezone, 'Asia/Kolkata'), call_sid, reported_at)) as times
        from staged left join source_settings() using (source)
    )
)
select line, case
    when reason is not null then reason
    when is_object then 'StartTime is a JSON object and no time'
    when is_unreadable_time(read_start, start_time) then format('StartTime {} cannot be read', start_time)
    when read_start is null and read_end is null and not regexp_matches(call_sid, '^\d{10}\.')
        then 'it has no StartTime' end as reason,
    case when reason is null then 'StartTime' when kind in ('call_report', 'live_call') and call_sid is null then 'CallSid' end as field
from judged
where reason is not null
   or kind in ('call_report', 'live_call')
      and read_start is null
      and (is_object or is_unreadable_time(read_start, start_time) or read_end is null and not regexp_matches(call_sid, '^\d{10}\.'))
order by line;
