-- Stores rejected lines as they came, each with its place and the reason. A line that has an id and the text of another is a copy
-- of it.
insert into rejects (file, line, byte_offset, reason, text, line_hash, rejected_at, loader)
with copies as (
    select file, line, row_number() over (partition by text order by file, line) > 1
        or exists (from rejects as stored where stored.text = staged.text) as is_copy
    from staged
    where reason is not null and id is not null
)
select file, line, byte_offset, reason, text, content_hash, rejected_at, getvariable('loader')
from staged anti join (from copies where is_copy) using (file, line)
where reason is not null
order by file, line;
