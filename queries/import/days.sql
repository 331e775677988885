-- The days of an import's calls, as they would be without any other deliveries, and below them the total, whose day is NULL.
select
    local_day, count(*) as calls, count(*) filter (where answered) as answered, coalesce(sum(talk_seconds), 0)::bigint as talk_seconds,
    sum(coins)::double as coins
from calls
group by rollup (local_day)
order by local_day nulls last;
