-- A hash of each day's calls, over any set of calls, independent of their order and of how they were received.
create or replace macro content_of(p_rows) as table
with rows as (
    select * exclude (versions, deliveries, first_received_at, last_received_at, reported_at, imported) from query_table(p_rows)
)
select local_day, count(*) as calls, printf('%016x', bit_xor(hash(rows))) as content
from rows
group by local_day;
