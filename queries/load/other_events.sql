-- Stores deliveries of other kinds as they came. A line with the id, time of receipt and payload of another is a copy of it.
insert into other_events (source, received_at, imported, event, payload, file, line, id, loader)
with copies as (
    select rowid as row, row_number() over (partition by source, received_at, id, payload order by file, line, rowid) > 1
        or exists (
            from other_events as stored
            where stored.source = staged.source and stored.received_at = staged.received_at and stored.id = staged.id
              and stored.payload = staged.payload) as is_copy
    from staged
    where reason is null and kind = 'other' and id is not null
)
select source, received_at, imported, event, payload, file, line, id, getvariable('loader')
from staged anti join (from copies where is_copy) as copy on copy.row = staged.rowid
where reason is null and kind = 'other'
order by received_at, file, line, payload;
