-- When each source began to deliver: when its first report was received or, of imports, when the first call began.
create or replace macro first_deliveries() as table
select source, min(first_at) as first_at
from delivery_days
group by source;

-- From when to when there is data, in one row, in the report zone: the time and the day of the first delivery, and the time of the last one. The file
-- of a period has the calls of the days from kept_from to kept_to.
create or replace macro data_span(p_source) as table
select
    timezone(timezone, first_at) as begins_at, timezone(timezone, first_at)::date as first_day,
    timezone(timezone, complete_through()) as through,
    coalesce(period_from, '-infinity') as kept_from, coalesce(period_to, 'infinity') as kept_to
from settings, (select min(first_at) as first_at from delivery_days where p_source is null or source = p_source);

-- Whether there can be figures of any of the days from p_from to p_to.
create or replace macro has_data(p_from, p_to, p_source) as
    exists (select 1 from data_span(p_source) where p_to >= first_day and p_from <= through and p_to >= kept_from and p_from <= kept_to);
