-- When each source began to deliver: when its first report was received or, of imports, when the first call began.
create or replace macro first_deliveries() as table
select source, min(case when imported then started_at else first_received_at end) as first_at
from calls
group by source;

-- From when to when there is data, in one row, in the report zone: from the day of the first delivery to the time of the last one.
-- An order with a limit reads less of a long history than min() does.
create or replace macro data_span(p_source) as table
select
    timezone(timezone, least(
        (select first_received_at from calls where not imported and (p_source is null or source = p_source)
         order by first_received_at limit 1),
        (select started_at from calls where imported and (p_source is null or source = p_source)
         order by started_at limit 1)))::date as first_day,
    timezone(timezone, complete_through()) as through
from settings;

-- Whether there can be figures of any of the days from p_from to p_to.
create or replace macro has_data(p_from, p_to, p_source) as
    exists (select 1 from data_span(p_source) where p_to >= first_day and p_from <= through);
