-- The staged lines of an import that cannot be read, with the reason and the field that cannot be read, NULL for a line that no load
-- takes. A time is never guessed: a row without one is no call of the day of the import, and the dates of an export are written year
-- first by now, so one with the day or the month first is of a kind that its order was not looked for in.
with checked as (
    select
        line, reason, kind, start_time, call_sid, coalesce(contains(field_problems, 'unreadable StartTime'), false) as is_object,
        case when not regexp_matches(start_time, '^\s*\d{4}') then regexp_matches(time_parts(start_time).second, '^\d') end as either_order,
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
    when either_order then format('day and month of StartTime {} cannot be told apart', start_time)
    when is_object then 'StartTime is a JSON object and no time'
    when is_unreadable_time(read_start, start_time) then format('StartTime {} cannot be read', start_time)
    when read_start is null and read_end is null and not regexp_matches(call_sid, '^\d{10}\.')
        then 'it has no StartTime' end as reason,
    case when reason is null then 'StartTime' when kind in ('call_report', 'live_call') and call_sid is null then 'CallSid' end as field
from checked
where reason is not null
   or kind in ('call_report', 'live_call')
      and (either_order
           or read_start is null
              and (is_object or is_unreadable_time(read_start, start_time)
                   or read_end is null and not regexp_matches(call_sid, '^\d{10}\.')))
order by line;
