-- When each source's first delivery was (of an import, when the call began) and its last imported call ended, and how many calls began in
-- each hour, by the days that name_agents.sql renews.
delete from delivery_days where local_day in (select local_day from renewed_days);
insert into delivery_days by name
select
    source, local_day,
    min(case when imported then started_at else first_received_at end) as first_at,
    max(least(coalesce(ended_at, started_at), last_received_at)) filter (where imported) as imported_through,
    histogram(local_hour) as hourly_calls
from calls semi join renewed_days using (local_day)
group by source, local_day;
