-- Stores deliveries of other kinds as they came. A line with the id and time of receipt of another is a copy of it.
insert into other_events (source, received_at, event, payload, file, line, id)
with copies as (
    select file, line, row_number() over (partition by source, received_at, id order by file, line) > 1
        or exists (
            from other_events as stored
            where stored.source = staged.source and stored.received_at = staged.received_at and stored.id = staged.id) as is_copy
    from staged
    where reason is null and kind = 'other' and id is not null
)
select source, received_at, event, payload, file, line, id
from staged anti join (from copies where is_copy) using (file, line)
where reason is null and kind = 'other'
order by received_at, file, line;
