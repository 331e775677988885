-- How many calls of the database `old` the database `rebuilt` lacks. An id that its source has used for nothing since names no call.
select count(*) as calls
from old.calls anti join rebuilt.calls using (source, direction, call_sid)
    left join rebuilt.sources using (source)
where not coalesce(list_contains(list_transform(nothing_values, lambda text: upper(trim(text))), upper(call_sid)), false);
