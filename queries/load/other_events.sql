-- Deliveries of other kinds, kept whole. A line with the id and time of another is a copy.
insert into other_events (source, received_at, event, payload, file, line, id)
with copies as (
    select file, line, row_number() over (partition by source, received_at, id order by file, line) > 1
        or exists (
            from other_events as before
            where before.source = staged.source and before.received_at = staged.received_at and before.id = staged.id) as is_copy
    from staged
    where reason is null and kind = 'other' and id is not null
)
select source, received_at, event, payload, file, line, id
from staged anti join (from copies where is_copy) using (file, line)
where reason is null and kind = 'other'
order by received_at, file, line;
